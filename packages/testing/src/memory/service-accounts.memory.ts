import {
  type ServiceAccount,
  type ServiceAccountChanges,
  type ServiceAccountSettings,
  ServiceAccounts,
} from '@grantway/domain';

export class MemoryServiceAccounts extends ServiceAccounts {
  readonly #accounts = new Map<string, ServiceAccount>();
  #versions = 0;

  async find(environmentId: string, id: string): Promise<ServiceAccount | undefined> {
    return this.#accounts.get(placeOf(environmentId, id));
  }

  async list(environmentId: string, clientId?: string): Promise<readonly ServiceAccount[]> {
    return [...this.#accounts.values()]
      .filter((account) => account.environmentId === environmentId)
      .filter((account) => clientId === undefined || account.clientId === clientId)
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** As the environment file has it. */
  configure(settings: ServiceAccountSettings): void {
    this.#put(settings, { fromFile: true });
  }

  async save(settings: ServiceAccountSettings): Promise<'created' | 'updated' | 'unchanged'> {
    const place = placeOf(settings.environmentId, settings.id);
    const before = this.#accounts.get(place);
    if (before && wordsOf(before) === wordsOf(settings)) return 'unchanged';
    this.#put(settings, before);
    return before ? 'updated' : 'created';
  }

  async change(environmentId: string, id: string, changes: ServiceAccountChanges): Promise<boolean> {
    const before = this.#accounts.get(placeOf(environmentId, id));
    if (!before) return false;
    const { description, ...changed } = { ...before, ...changes };
    return (await this.save({ ...changed, ...(description && { description }) })) === 'updated';
  }

  #put(settings: ServiceAccountSettings, before: Partial<ServiceAccount> = {}): void {
    const { environmentId, id, name, description, enabled, clientId, scopes, bindings } = settings;
    this.#accounts.set(placeOf(environmentId, id), {
      ...{ environmentId, id, name, enabled, clientId, scopes, bindings },
      ...(description !== undefined && { description }),
      version: before.version ?? ++this.#versions,
      ...(before.jtiHash && { jtiHash: before.jtiHash }),
      ...(before.fromFile && { fromFile: before.fromFile }),
    });
  }

  async rotate(environmentId: string, id: string, jtiHash: Uint8Array): Promise<ServiceAccount | undefined> {
    const before = this.#accounts.get(placeOf(environmentId, id));
    if (!before) return undefined;
    const account = { ...before, jtiHash, version: ++this.#versions };
    this.#accounts.set(placeOf(environmentId, id), account);
    return account;
  }

  async remove(environmentId: string, id: string): Promise<boolean> {
    return this.#accounts.delete(placeOf(environmentId, id));
  }
}

function wordsOf({ name, description, enabled, clientId, scopes, bindings }: ServiceAccountSettings): string {
  return JSON.stringify([name, description, enabled, clientId, scopes, bindings]);
}

function placeOf(environmentId: string, id: string): string {
  return JSON.stringify([environmentId, id]);
}
