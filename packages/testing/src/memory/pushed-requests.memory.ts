import {
  HandlePrefix,
  type NewPushedRequest,
  newHandle,
  type PushedRequest,
  PushedRequests,
  parseHandle,
  REQUEST_URI_PREFIX,
  secretMatches,
} from '@grantway/domain';
import type { TestClock } from './test-clock.js';

interface Row {
  readonly request: PushedRequest;
  readonly secretHash: Uint8Array;
  readonly expiresAt: number;
  spent: boolean;
}

export class MemoryPushedRequests extends PushedRequests {
  readonly #rows = new Map<string, Row>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  async push({ lifetime, ...pushed }: NewPushedRequest): Promise<string> {
    const { id, handle, secretHash } = newHandle(HandlePrefix.PushedRequest);
    const expiresAt = this.clock.after(lifetime);
    this.#rows.set(id, { request: { ...pushed, id }, secretHash, expiresAt, spent: false });
    return `${REQUEST_URI_PREFIX}${handle}`;
  }

  async find(environmentId: string, requestUri: string): Promise<PushedRequest | undefined> {
    if (!requestUri.startsWith(REQUEST_URI_PREFIX)) return undefined;
    const handle = parseHandle(HandlePrefix.PushedRequest, requestUri.slice(REQUEST_URI_PREFIX.length));
    const row = handle && this.#rows.get(handle.id);
    if (!row || row.spent || row.expiresAt <= this.clock.now()) return undefined;
    const isOurs = row.request.environmentId === environmentId && secretMatches(handle.secret, row.secretHash);
    return isOurs ? row.request : undefined;
  }

  /** For MemoryAuthorizationAnswers: false when it was used before; its age no longer counts. */
  spend(id: string, environmentId: string): boolean {
    const row = this.#rows.get(id);
    if (!row || row.spent || row.request.environmentId !== environmentId) return false;
    row.spent = true;
    return true;
  }
}
