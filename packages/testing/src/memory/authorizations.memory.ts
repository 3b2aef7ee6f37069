import { randomBytes } from 'node:crypto';
import {
  type Authorization,
  Authorizations,
  type NewAuthorization,
  type OnceArtifact,
  type Redeemable,
  type SpentOnce,
  type StoredAuthorization,
  type TokenFamily,
  unpackId,
} from '@grantway/domain';
import type { MemorySessions } from './sessions.memory.js';
import type { TestClock } from './test-clock.js';

/** Milliseconds. */
const LONGEST_REMEMBERED = 25 * 3_600_000;

interface Row {
  readonly id: string;
  readonly made: NewAuthorization;
  readonly createdAt: number;
  revoked: boolean;
  family?: {
    readonly salt: Uint8Array;
    readonly absoluteAt: number;
    generation: number;
    rotatedAt: number;
    idleAt: number;
  };
}

/** A store whose artifacts become authorizations. */
export interface Spendable {
  /** False when it is not there to spend. */
  spend(
    id: string,
    environmentId: string,
    clientId: string,
    authorizationId: string,
    stands: (approved: Authorization) => boolean,
  ): boolean;
}

/** By the names a {@link Redeemable} has for them. */
export interface Spendables {
  readonly authorizationCode: Spendable;
  readonly deviceCode: Spendable;
  readonly backchannelRequest: Spendable;
}

export class MemoryAuthorizations extends Authorizations {
  readonly #rows = new Map<string, Row>();
  readonly #spent = new Map<string, { readonly authorizationId: string; readonly at: number }>();

  constructor(
    private readonly clock: TestClock,
    private readonly spendables: Spendables,
    private readonly sessions: MemorySessions,
  ) {
    super();
  }

  async redeem(artifact: Redeemable, made: NewAuthorization): Promise<string | undefined> {
    const id = newId();
    const { environmentId, clientId, offline } = made;
    const stands = ({ authentication }: Authorization) =>
      offline || !this.sessions.hasEnded(authentication?.sessionId ?? '');
    if ('once' in artifact) {
      const stays = stands(made.authorization);
      return stays && this.#spendOnce(environmentId, artifact.once, id) ? this.#add(id, made) : undefined;
    }
    const [[kind, artifactId]] = Object.entries(artifact) as [[keyof Spendables, string]];
    const spent = this.spendables[kind].spend(artifactId, environmentId, clientId, id, stands);
    return spent ? this.#add(id, made) : undefined;
  }

  async findSpent(environmentId: string, artifact: OnceArtifact): Promise<SpentOnce | undefined> {
    const spent = this.#spent.get(onceKey(environmentId, artifact));
    return spent && { authorizationId: spent.authorizationId, ago: this.clock.now() - spent.at };
  }

  async record(made: NewAuthorization): Promise<string> {
    return this.#add(newId(), made);
  }

  #spendOnce(environmentId: string, artifact: OnceArtifact, authorizationId: string): boolean {
    const key = onceKey(environmentId, artifact);
    const ahead = artifact.until.getTime() - this.clock.now();
    if (ahead <= 0 || ahead > LONGEST_REMEMBERED || this.#spent.has(key)) return false;
    this.#spent.set(key, { authorizationId, at: this.clock.now() });
    return true;
  }

  #add(id: string, made: NewAuthorization): string {
    const row: Row = { id, made, createdAt: this.clock.now(), revoked: false };
    if (made.family) {
      const { salt, idle, absolute } = made.family;
      const idleAt = this.clock.after(Math.min(idle, absolute));
      row.family = { salt, generation: 0, rotatedAt: this.clock.now(), idleAt, absoluteAt: this.clock.after(absolute) };
    }
    this.#rows.set(id, row);
    return id;
  }

  async find(environmentId: string, id: string): Promise<StoredAuthorization | undefined> {
    const row = this.#rows.get(id);
    if (row?.made.environmentId !== environmentId) return undefined;
    const depth = this.#depth(row);
    return { ...toStored(row), ...(depth > 0 && { derivationDepth: depth }) };
  }

  async findFamily(environmentId: string, id: string): Promise<TokenFamily | undefined> {
    const row = this.#rows.get(id);
    if (!row?.family || row.made.environmentId !== environmentId) return undefined;
    const { family } = row;
    return {
      ...toStored(row),
      generation: family.generation,
      salt: family.salt,
      sinceRotation: this.clock.now() - family.rotatedAt,
      expired: !this.#isUnexpired(row),
      sessionLive: this.#sessionStands(row),
    };
  }

  async rotate(
    id: string,
    generation: number,
    { grace, idle }: { grace: number; idle: number },
  ): Promise<number | undefined> {
    const row = this.#rows.get(id);
    if (!row?.family || row.revoked || !this.#isUnexpired(row) || !this.#sessionStands(row)) return undefined;
    const { family } = row;
    if (family.generation === generation) {
      family.generation++;
      family.rotatedAt = this.clock.now();
      family.idleAt = Math.min(this.clock.after(idle), family.absoluteAt);
      return family.generation;
    }
    const inGrace = family.generation === generation + 1 && this.clock.now() < family.rotatedAt + grace * 1000;
    return inGrace ? family.generation : undefined;
  }

  async revoke(environmentId: string, id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row?.made.environmentId === environmentId) row.revoked = true;
  }

  async isLive(environmentId: string, id: string): Promise<boolean> {
    const row = this.#rows.get(id);
    return row?.made.environmentId === environmentId && this.#stands(row);
  }

  /** For MemoryConsents. */
  revokeAll(environmentId: string, userId: string, clientId: string): void {
    for (const row of this.#rows.values()) {
      const { kind, id } = row.made.authorization.subject;
      const isTheirs = row.made.environmentId === environmentId && row.made.clientId === clientId;
      if (isTheirs && kind === 'user' && id === userId) row.revoked = true;
    }
  }

  #stands(row: Row): boolean {
    if (row.revoked || row.made.derivedFrom === undefined) return !row.revoked && this.#sessionStands(row);
    const source = this.#rows.get(row.made.derivedFrom);
    return source !== undefined && this.#stands(source);
  }

  #depth({ made: { derivedFrom } }: Row): number {
    if (derivedFrom === undefined) return 0;
    const source = this.#rows.get(derivedFrom);
    return 1 + (source ? this.#depth(source) : 0);
  }

  #isUnexpired({ family }: Row): boolean {
    return family !== undefined && family.idleAt > this.clock.now() && family.absoluteAt > this.clock.now();
  }

  #sessionStands({ made: { offline, authorization } }: Row): boolean {
    const sessionId = authorization.authentication?.sessionId;
    return offline || sessionId === undefined || this.sessions.stands(sessionId);
  }
}

function onceKey(environmentId: string, { id, grantType }: OnceArtifact): string {
  return JSON.stringify([environmentId, grantType, id]);
}

function newId(): string {
  return unpackId(randomBytes(16).toString('base64url')) as string;
}

function toStored({ id, made, createdAt, revoked }: Row): StoredAuthorization {
  const { environmentId, clientId, offline, authorization } = made;
  return { ...authorization, id, environmentId, clientId, offline, createdAt: new Date(createdAt), revoked };
}
