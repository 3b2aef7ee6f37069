import {
  HandlePrefix,
  type NewSession,
  newHandle,
  parseHandle,
  renewHandle,
  type Session,
  Sessions,
  secretMatches,
} from '@grantway/domain';
import type { TestClock } from './test-clock.js';

interface Row {
  session: Session;
  secretHash: Uint8Array;
  absoluteAt: number;
  idleAt: number;
  ended: boolean;
}

export class MemorySessions extends Sessions {
  readonly #rows = new Map<string, Row>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  async create({
    environmentId,
    userId,
    acr,
    amr,
    idle,
    absolute,
  }: NewSession): Promise<{ session: Session; handle: string }> {
    const { id, handle, secretHash } = newHandle(HandlePrefix.Session);
    const session = { id, environmentId, userId, authTime: this.clock.date(), acr, amr: [...amr] };
    const idleAt = this.clock.after(Math.min(idle, absolute));
    this.#rows.set(id, { session, secretHash, idleAt, absoluteAt: this.clock.after(absolute), ended: false });
    return { session, handle };
  }

  async renew(
    id: string,
    { environmentId, userId, acr, amr, idle, absolute }: NewSession,
  ): Promise<{ session: Session; handle: string } | undefined> {
    const row = this.#rows.get(id);
    const own = row?.session.environmentId === environmentId && row.session.userId === userId;
    if (!own || !this.#lives(row)) return undefined;
    const { handle, secretHash } = renewHandle(HandlePrefix.Session, id);
    row.session = { id, environmentId, userId, authTime: this.clock.date(), acr, amr: [...amr] };
    row.secretHash = secretHash;
    row.idleAt = this.clock.after(Math.min(idle, absolute));
    row.absoluteAt = this.clock.after(absolute);
    return { session: row.session, handle };
  }

  async find(environmentId: string, handle: string, idle: number): Promise<Session | undefined> {
    const parsed = parseHandle(HandlePrefix.Session, handle);
    const row = parsed && this.#rows.get(parsed.id);
    if (!row || row.session.environmentId !== environmentId || !secretMatches(parsed.secret, row.secretHash))
      return undefined;
    if (!this.#lives(row)) return undefined;
    row.idleAt = Math.min(this.clock.after(idle), row.absoluteAt);
    return row.session;
  }

  async findById(environmentId: string, id: string): Promise<Session | undefined> {
    const row = this.#rows.get(id);
    return row?.session.environmentId === environmentId && this.#lives(row) ? row.session : undefined;
  }

  async end(environmentId: string, id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row?.session.environmentId === environmentId) row.ended = true;
  }

  #lives({ ended, idleAt, absoluteAt }: Row): boolean {
    return !ended && idleAt > this.clock.now() && absoluteAt > this.clock.now();
  }

  /** For MemoryAuthorizations: somebody signed it off. */
  hasEnded(id: string): boolean {
    return this.#rows.get(id)?.ended === true;
  }

  /** For MemoryAuthorizations: nobody signed it off. */
  stands(id: string): boolean {
    return this.#rows.get(id)?.ended === false;
  }
}
