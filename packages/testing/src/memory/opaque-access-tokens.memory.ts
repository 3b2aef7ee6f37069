import {
  HandlePrefix,
  newHandle,
  type OpaqueAccessToken,
  OpaqueAccessTokens,
  parseHandle,
  secretMatches,
} from '@grantway/domain';
import type { TestClock } from './test-clock.js';

interface Row {
  readonly token: OpaqueAccessToken;
  readonly secretHash: Uint8Array;
  readonly expiresAt: number;
  revoked: boolean;
}

export class MemoryOpaqueAccessTokens extends OpaqueAccessTokens {
  readonly #rows = new Map<string, Row>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  async issue(token: OpaqueAccessToken, lifetime: number): Promise<string> {
    const { id, handle, secretHash } = newHandle(HandlePrefix.AccessToken);
    this.#rows.set(id, { token, secretHash, expiresAt: this.clock.after(lifetime), revoked: false });
    return handle;
  }

  async find(environmentId: string, token: string): Promise<OpaqueAccessToken | undefined> {
    const row = this.#rowOf(environmentId, token);
    return row && !row.revoked && row.expiresAt > this.clock.now() ? row.token : undefined;
  }

  async revoke(environmentId: string, token: string): Promise<void> {
    const row = this.#rowOf(environmentId, token);
    if (row) row.revoked = true;
  }

  #rowOf(environmentId: string, token: string): Row | undefined {
    const handle = parseHandle(HandlePrefix.AccessToken, token);
    const row = handle && this.#rows.get(handle.id);
    const own = row?.token.environmentId === environmentId && secretMatches(handle?.secret ?? '', row.secretHash);
    return own ? row : undefined;
  }
}
