import {
  type Authorization,
  type DeviceAuthorization,
  DeviceAuthorizations,
  type DevicePoll,
  HandlePrefix,
  type NewDeviceAuthorization,
  newHandle,
  parseHandle,
  SLOW_DOWN_STEP,
  secretMatches,
} from '@grantway/domain';
import type { Spendable } from './authorizations.memory.js';
import type { TestClock } from './test-clock.js';

interface Row {
  readonly id: string;
  readonly request: NewDeviceAuthorization;
  readonly secretHash: Uint8Array;
  expiresAt: number;
  interval: number;
  nextPollAt?: number;
  decision?: { readonly approved: Authorization | undefined };
  spent?: { readonly at: number; readonly authorizationId: string };
}

export class MemoryDeviceAuthorizations extends DeviceAuthorizations implements Spendable {
  readonly #rows = new Map<string, Row>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  async start(request: NewDeviceAuthorization, mostPending: number): ReturnType<DeviceAuthorizations['start']> {
    const open = [...this.#rows.values()].filter((row) => row.request.environmentId === request.environmentId);
    const own = open.filter((row) => row.request.clientId === request.clientId && this.#isOpen(row));
    if (own.length >= mostPending) return { refused: 'too_many_pending' };
    if (this.#byUserCode(request.environmentId, request.userCodeHash)) return { refused: 'user_code_taken' };
    const { id, handle, secretHash } = newHandle(HandlePrefix.DeviceCode);
    const { lifetime, interval } = request;
    this.#rows.set(id, { id, request, secretHash, interval, expiresAt: this.clock.after(lifetime) });
    return { deviceCode: handle };
  }

  async findByUserCode(environmentId: string, userCodeHash: Uint8Array): Promise<DeviceAuthorization | undefined> {
    const row = this.#byUserCode(environmentId, userCodeHash);
    return row && toDeviceAuthorization(row);
  }

  async find(environmentId: string, id: string): Promise<DeviceAuthorization | undefined> {
    const row = this.#rows.get(id);
    return row?.request.environmentId === environmentId && this.#isOpen(row) ? toDeviceAuthorization(row) : undefined;
  }

  async poll(environmentId: string, deviceCode: string, clientId: string): Promise<DevicePoll> {
    const handle = parseHandle(HandlePrefix.DeviceCode, deviceCode);
    const row = handle && this.#rows.get(handle.id);
    if (!row || row.request.environmentId !== environmentId || row.request.clientId !== clientId) {
      return { state: 'unknown' };
    }
    return secretMatches(handle.secret, row.secretHash) ? this.#count(row) : { state: 'unknown' };
  }

  async decide(environmentId: string, id: string, approved: Authorization | undefined): Promise<boolean> {
    const row = this.#rows.get(id);
    if (row?.request.environmentId !== environmentId || !this.#isOpen(row)) return false;
    row.decision = { approved };
    return true;
  }

  /** For MemoryAuthorizations: false when it is not there to spend. */
  spend(
    id: string,
    environmentId: string,
    clientId: string,
    authorizationId: string,
    stands: (approved: Authorization) => boolean,
  ): boolean {
    const row = this.#rows.get(id);
    if (row?.request.environmentId !== environmentId || row.request.clientId !== clientId) return false;
    const approved = row.decision?.approved;
    if (!approved || row.spent || row.expiresAt <= this.clock.now() || !stands(approved)) return false;
    row.spent = { at: this.clock.now(), authorizationId };
    return true;
  }

  /** For MemoryConsents: what was approved and nobody fetched yet. */
  endAll(environmentId: string, userId: string, clientId: string): void {
    for (const row of this.#rows.values()) {
      const own = row.request.environmentId === environmentId && row.request.clientId === clientId;
      const { kind, id } = row.decision?.approved?.subject ?? {};
      if (own && kind === 'user' && id === userId && !row.spent) row.expiresAt = this.clock.now();
    }
  }

  #byUserCode(environmentId: string, userCodeHash: Uint8Array): Row | undefined {
    const hash = Buffer.from(userCodeHash);
    return [...this.#rows.values()].find(
      (row) =>
        row.request.environmentId === environmentId && hash.equals(row.request.userCodeHash) && this.#isOpen(row),
    );
  }

  #count(row: Row): DevicePoll {
    const { id, spent, decision, expiresAt, nextPollAt, request } = row;
    const now = this.clock.now();
    if (spent) return { state: 'spent', authorizationId: spent.authorizationId, ago: now - spent.at };
    if (decision && !decision.approved) return { state: 'denied' };
    if (expiresAt <= now) return { state: 'expired' };
    if (decision?.approved) {
      const { codeChallenge } = request;
      return {
        ...{ state: 'approved', id, authorization: decision.approved },
        ...(codeChallenge !== undefined && { codeChallenge }),
      };
    }
    const tooSoon = nextPollAt !== undefined && nextPollAt > now;
    if (tooSoon) row.interval += SLOW_DOWN_STEP;
    row.nextPollAt = this.clock.after(row.interval);
    return { state: 'pending', tooSoon, interval: row.interval };
  }

  #isOpen({ decision, expiresAt }: Row): boolean {
    return !decision && expiresAt > this.clock.now();
  }
}

function toDeviceAuthorization({ id, request }: Row): DeviceAuthorization {
  const { environmentId, clientId, scope, resources } = request;
  return { id, environmentId, clientId, scope, resources };
}
