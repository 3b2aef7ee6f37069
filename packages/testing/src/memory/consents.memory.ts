import { Consents } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import type { MemoryAuthorizationCodes } from './authorization-codes.memory.js';
import type { MemoryAuthorizations } from './authorizations.memory.js';
import type { MemoryBackchannelRequests } from './backchannel-requests.memory.js';
import type { MemoryDeviceAuthorizations } from './device-authorizations.memory.js';

export class MemoryConsents extends Consents {
  readonly #scopes = new Map<string, ScopeSet>();

  constructor(
    private readonly authorizations: MemoryAuthorizations,
    private readonly codes: MemoryAuthorizationCodes,
    private readonly devices: MemoryDeviceAuthorizations,
    private readonly backchannel: MemoryBackchannelRequests,
  ) {
    super();
  }

  async find(environmentId: string, userId: string, clientId: string): Promise<ScopeSet> {
    return this.#scopes.get(keyOf(environmentId, userId, clientId)) ?? ScopeSet.EMPTY;
  }

  async remember(environmentId: string, userId: string, clientId: string, scope: ScopeSet): Promise<void> {
    const key = keyOf(environmentId, userId, clientId);
    this.#scopes.set(key, (this.#scopes.get(key) ?? ScopeSet.EMPTY).union(scope));
  }

  async withdraw(environmentId: string, userId: string, clientId: string): Promise<void> {
    this.#scopes.delete(keyOf(environmentId, userId, clientId));
    this.authorizations.revokeAll(environmentId, userId, clientId);
    this.codes.endAll(environmentId, userId, clientId);
    this.devices.endAll(environmentId, userId, clientId);
    this.backchannel.endAll(environmentId, userId, clientId);
  }
}

function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}
