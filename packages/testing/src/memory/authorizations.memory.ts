import { randomBytes } from 'node:crypto';
import { Authorizations, type NewAuthorization, type TokenFamily, unpackId } from '@grantway/domain';
import type { MemoryAuthorizationCodes } from './authorization-codes.memory.js';
import type { MemorySessions } from './sessions.memory.js';
import type { TestClock } from './test-clock.js';

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

export class MemoryAuthorizations extends Authorizations {
  readonly #rows = new Map<string, Row>();

  constructor(
    private readonly clock: TestClock,
    private readonly codes: MemoryAuthorizationCodes,
    private readonly sessions: MemorySessions,
  ) {
    super();
  }

  async redeemCode(codeId: string, made: NewAuthorization): Promise<string | undefined> {
    const id = unpackId(randomBytes(16).toString('base64url')) as string;
    if (!this.codes.spend(codeId, made.environmentId, made.clientId, id)) return undefined;
    const row: Row = { id, made, createdAt: this.clock.now(), revoked: false };
    if (made.family) {
      const { salt, idle, absolute } = made.family;
      const idleAt = this.clock.after(Math.min(idle, absolute));
      row.family = { salt, generation: 0, rotatedAt: this.clock.now(), idleAt, absoluteAt: this.clock.after(absolute) };
    }
    this.#rows.set(id, row);
    return id;
  }

  async findFamily(environmentId: string, id: string): Promise<TokenFamily | undefined> {
    const row = this.#rows.get(id);
    if (!row?.family || row.made.environmentId !== environmentId) return undefined;
    const { made, family } = row;
    return {
      ...made.authorization,
      id,
      environmentId,
      clientId: made.clientId,
      createdAt: new Date(row.createdAt),
      revoked: row.revoked,
      offline: made.offline,
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
    if (!row?.family || row.revoked || !this.#isUnexpired(row)) return undefined;
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
    return row !== undefined && row.made.environmentId === environmentId && !row.revoked && this.#sessionStands(row);
  }

  /** For MemoryConsents. */
  revokeAll(environmentId: string, userId: string, clientId: string): void {
    for (const row of this.#rows.values()) {
      const { kind, id } = row.made.authorization.subject;
      const isTheirs = row.made.environmentId === environmentId && row.made.clientId === clientId;
      if (isTheirs && kind === 'user' && id === userId) row.revoked = true;
    }
  }

  #isUnexpired({ family }: Row): boolean {
    return family !== undefined && family.idleAt > this.clock.now() && family.absoluteAt > this.clock.now();
  }

  #sessionStands({ made: { offline, authorization } }: Row): boolean {
    return offline || !authorization.authentication || this.sessions.stands(authorization.authentication.sessionId);
  }
}
