import {
  type AnsweredRequest,
  type ApprovedPush,
  type Authorization,
  type BackchannelNotification,
  type BackchannelPoll,
  type BackchannelRequest,
  BackchannelRequests,
  HandlePrefix,
  type NewBackchannelRequest,
  type NotificationResult,
  newHandle,
  parseHandle,
  SLOW_DOWN_STEP,
  secretMatches,
} from '@grantway/domain';
import type { Spendable } from './authorizations.memory.js';
import type { TestClock } from './test-clock.js';

interface Row {
  readonly id: string;
  readonly request: NewBackchannelRequest;
  readonly secretHash: Uint8Array;
  readonly sealedAuthReqId?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  interval: number;
  nextPollAt?: number;
  decision?: { readonly approved: Authorization | undefined };
  spent?: { readonly at: number; readonly authorizationId: string };
  told: boolean;
}

/** It enqueues nothing: a test of notifications calls the job's handler itself. */
export class MemoryBackchannelRequests extends BackchannelRequests implements Spendable {
  /** What was recorded of attempts to notify, oldest first. */
  readonly results: NotificationResult[] = [];
  readonly #rows = new Map<string, Row>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  async start(
    request: NewBackchannelRequest,
    most: { readonly perUser: number; readonly perClient: number },
  ): ReturnType<BackchannelRequests['start']> {
    const open = [...this.#rows.values()].filter((row) => this.#isOpen(row, request.environmentId));
    const ofUser = open.filter((row) => row.request.userId === request.userId);
    const ofClient = open.filter((row) => row.request.clientId === request.clientId);
    if (ofUser.length >= most.perUser || ofClient.length >= most.perClient) return { refused: 'too_many_pending' };
    const { id, handle, secretHash } = newHandle(HandlePrefix.BackchannelRequest);
    const { interval, lifetime } = request;
    const sealedAuthReqId = request.seal?.(handle);
    this.#rows.set(id, {
      ...{ id, request, secretHash, interval, told: false },
      ...{ createdAt: this.clock.now(), expiresAt: this.clock.after(lifetime) },
      ...(sealedAuthReqId !== undefined && { sealedAuthReqId }),
    });
    return { id, authReqId: handle };
  }

  async pendingFor(environmentId: string, userId: string): Promise<readonly BackchannelRequest[]> {
    const open = [...this.#rows.values()].filter((row) => this.#isOpen(row, environmentId));
    return open.filter((row) => row.request.userId === userId).map(toRequest);
  }

  async find(environmentId: string, id: string, userId: string): Promise<AnsweredRequest | undefined> {
    const row = this.#rows.get(id);
    if (row?.request.environmentId !== environmentId || row.request.userId !== userId) return undefined;
    const { decision } = row;
    const undecided = this.#isOpen(row, environmentId) ? 'pending' : 'expired';
    return { ...toRequest(row), state: decision ? (decision.approved ? 'approved' : 'denied') : undecided };
  }

  async poll(environmentId: string, authReqId: string, clientId: string): Promise<BackchannelPoll> {
    const row = this.#find(environmentId, authReqId);
    return row?.request.clientId === clientId ? this.#count(row) : { state: 'unknown' };
  }

  async decide(
    environmentId: string,
    id: string,
    userId: string,
    approved: Authorization | undefined,
  ): Promise<boolean> {
    const row = this.#rows.get(id);
    if (!row || !this.#isOpen(row, environmentId) || row.request.userId !== userId) return false;
    row.decision = { approved };
    return true;
  }

  async notification(environmentId: string, id: string): Promise<BackchannelNotification | undefined> {
    const row = this.#rows.get(id);
    if (row?.request.environmentId !== environmentId || row.told || row.request.delivery === 'poll') return undefined;
    const { request, decision, expiresAt, sealedAuthReqId = '' } = row;
    if (!decision && expiresAt > this.clock.now()) return undefined;
    return {
      ...{ id, environmentId, clientId: request.clientId, delivery: request.delivery as 'ping' | 'push' },
      outcome: decision ? (decision.approved ? 'approved' : 'denied') : 'expired',
      ...{ sealedAuthReqId, sealedNotificationToken: request.sealedNotificationToken ?? '' },
    };
  }

  async recordNotification(environmentId: string, id: string, result: NotificationResult): Promise<void> {
    const row = this.#rows.get(id);
    if (row?.request.environmentId !== environmentId || row.told) return;
    row.told = result.delivered || result.givenUp;
    this.results.push(result);
  }

  async approvedPush(environmentId: string, authReqId: string): Promise<ApprovedPush | undefined> {
    const row = this.#find(environmentId, authReqId);
    if (row?.request.delivery !== 'push' || !row.decision?.approved) return undefined;
    const { id, request, decision, spent } = row;
    return {
      ...{ id, clientId: request.clientId, authorization: decision.approved as Authorization },
      ...(spent && { authorizationId: spent.authorizationId }),
    };
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
    const inTime = row.request.delivery === 'push' || row.expiresAt > this.clock.now();
    const approved = row.decision?.approved;
    if (!approved || row.spent || !inTime || !stands(approved)) return false;
    row.spent = { at: this.clock.now(), authorizationId };
    return true;
  }

  #find(environmentId: string, authReqId: string): Row | undefined {
    const handle = parseHandle(HandlePrefix.BackchannelRequest, authReqId);
    const row = handle && this.#rows.get(handle.id);
    if (row?.request.environmentId !== environmentId) return undefined;
    return secretMatches(handle?.secret ?? '', row.secretHash) ? row : undefined;
  }

  #count(row: Row): BackchannelPoll {
    const { id, spent, decision, expiresAt, nextPollAt, request } = row;
    const now = this.clock.now();
    if (request.delivery === 'push') return { state: 'push' };
    if (spent) return { state: 'spent', authorizationId: spent.authorizationId, ago: now - spent.at };
    if (decision && !decision.approved) return { state: 'denied' };
    if (expiresAt <= now) return { state: 'expired' };
    if (decision?.approved) return { state: 'approved', id, authorization: decision.approved };
    const tooSoon = nextPollAt !== undefined && nextPollAt > now;
    if (tooSoon) row.interval += SLOW_DOWN_STEP;
    row.nextPollAt = this.clock.after(row.interval);
    return { state: 'pending', tooSoon, interval: row.interval };
  }

  /** For MemoryConsents: what was approved and not fetched yet. */
  endAll(environmentId: string, userId: string, clientId: string): void {
    for (const row of this.#rows.values()) {
      const own = row.request.environmentId === environmentId && row.request.clientId === clientId;
      const { kind, id } = row.decision?.approved?.subject ?? {};
      if (own && kind === 'user' && id === userId && !row.spent) row.decision = { approved: undefined };
    }
  }

  #isOpen({ request, decision, expiresAt }: Row, environmentId: string): boolean {
    return request.environmentId === environmentId && !decision && expiresAt > this.clock.now();
  }
}

function toRequest({ id, request, createdAt, expiresAt }: Row): BackchannelRequest {
  const { environmentId, clientId, userId, scope, resources, bindingMessage } = request;
  return {
    ...{ id, environmentId, clientId, userId, scope, resources },
    ...(bindingMessage !== undefined && { bindingMessage }),
    ...{ createdAt: new Date(createdAt), expiresAt: new Date(expiresAt) },
  };
}
