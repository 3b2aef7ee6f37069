import {
  type Client,
  Clients,
  type ConfiguredUser,
  type Environment,
  type EnvironmentConfig,
  Environments,
  nameKey,
  type Registration,
  type Resource,
  ResourceCatalog,
  Resources,
  type ServiceAccountSettings,
  type User,
  UserDirectory,
} from '@grantway/domain';
import type { TestClock } from './test-clock.js';

export class MemoryEnvironments extends Environments {
  readonly #environments = new Map<string, Environment>();

  add(...environments: readonly Environment[]): this {
    for (const environment of environments) this.#environments.set(environment.id, environment);
    return this;
  }

  async find(id: string): Promise<Environment | undefined> {
    return this.#environments.get(id);
  }
}

export class MemoryClients extends Clients {
  readonly #clients = new Map<string, Client>();

  add(...clients: readonly Client[]): this {
    for (const client of clients) this.#clients.set(placeOf(client.environmentId, client.id), client);
    return this;
  }

  async find(environmentId: string, id: string): Promise<Client | undefined> {
    return this.#clients.get(placeOf(environmentId, id));
  }

  async findByDevicePath(environmentId: string, pathId: string): Promise<Client | undefined> {
    return [...this.#clients.values()].find(
      (client) => client.environmentId === environmentId && client.device.pathId === pathId,
    );
  }

  async someAllowsOrigin(environmentId: string, origin: string): Promise<boolean> {
    return [...this.#clients.values()].some(
      (client) => client.environmentId === environmentId && client.enabled && client.allowedOrigins.includes(origin),
    );
  }
}

export class MemoryResources extends Resources {
  readonly #resources = new Map<string, Resource>();

  add(...resources: readonly Resource[]): this {
    for (const resource of resources) this.#resources.set(placeOf(resource.environmentId, resource.name), resource);
    return this;
  }

  async catalog(environmentId: string): Promise<ResourceCatalog> {
    const ours = [...this.#resources.values()].filter((resource) => resource.environmentId === environmentId);
    return new ResourceCatalog(ours.sort((one, other) => (one.name < other.name ? -1 : 1)));
  }
}

interface Kept {
  readonly user: User;
  readonly password?: string;
  readonly userCode?: string;
}

/** Keeps passwords as they are, and takes no time to check one. */
export class MemoryUserDirectory extends UserDirectory {
  readonly #users = new Map<string, Kept>();
  #registered = 0;

  constructor(private readonly clock: TestClock) {
    super();
  }

  /** @param userCode the one for backchannel requests */
  add(user: User, password?: string, userCode?: string): this {
    this.#keep({ user, ...(password !== undefined && { password }), ...(userCode !== undefined && { userCode }) });
    return this;
  }

  configure(environmentId: string, { password, userCode, ...user }: ConfiguredUser): void {
    this.add({ ...user, environmentId, passwordChangedAt: this.clock.date() }, plainOf(password), plainOf(userCode));
  }

  async find(environmentId: string, id: string): Promise<User | undefined> {
    return this.#users.get(placeOf(environmentId, id))?.user;
  }

  async authenticate(environmentId: string, username: string, password: string): Promise<User | undefined> {
    const found = this.#named(environmentId, username);
    return found?.password === password ? found.user : undefined;
  }

  async findByUsername(environmentId: string, username: string): Promise<User | undefined> {
    return this.#named(environmentId, username)?.user;
  }

  async setPassword(environmentId: string, id: string, password: string): Promise<boolean> {
    const found = this.#users.get(placeOf(environmentId, id));
    if (!found) return false;
    const user = { ...found.user, passwordChangedAt: this.clock.date(), mustChangePassword: false };
    this.#keep({ ...found, user, password });
    return true;
  }

  async register(environmentId: string, registration: Registration): Promise<User | undefined> {
    const { username, email, password } = registration;
    const taken = this.#of(environmentId).some(
      ({ user }) =>
        sameName(user.username, username) ||
        sameName(user.username, email) ||
        (typeof user.claims['email'] === 'string' && sameName(user.claims['email'], username)),
    );
    if (taken || `${username}${email}`.includes('\0')) return undefined;
    const user: User = {
      environmentId,
      id: `registered-${++this.#registered}`,
      username,
      status: 'unverified',
      claims: { email, email_verified: false },
      passwordChangedAt: this.clock.date(),
      mustChangePassword: false,
    };
    this.add(user, password);
    return user;
  }

  async verify(environmentId: string, id: string): Promise<boolean> {
    const found = this.#users.get(placeOf(environmentId, id));
    if (found?.user.status !== 'unverified') return false;
    const claims = { ...found.user.claims, email_verified: true };
    this.#keep({ ...found, user: { ...found.user, status: 'active', claims } });
    return true;
  }

  async checkUserCode(environmentId: string, id: string, code: string): Promise<'right' | 'wrong' | 'not_set'> {
    const kept = this.#users.get(placeOf(environmentId, id))?.userCode;
    if (kept === undefined) return 'not_set';
    return kept === code ? 'right' : 'wrong';
  }

  #keep(kept: Kept): void {
    this.#users.set(placeOf(kept.user.environmentId, kept.user.id), kept);
  }

  #of(environmentId: string): Kept[] {
    return [...this.#users.values()].filter(({ user }) => user.environmentId === environmentId);
  }

  #named(environmentId: string, username: string): Kept | undefined {
    return this.#of(environmentId).find(({ user }) => sameName(user.username, username));
  }
}

function plainOf(password: ConfiguredUser['password']): string | undefined {
  return password && 'plain' in password ? password.plain : undefined;
}

/** What applying an environment file would leave, put there directly. */
export function configureMemory(
  stores: {
    environments: MemoryEnvironments;
    clients: MemoryClients;
    resources: MemoryResources;
    users: MemoryUserDirectory;
    serviceAccounts: { configure(settings: ServiceAccountSettings): void };
  },
  config: EnvironmentConfig,
): void {
  stores.environments.add(config.environment);
  stores.clients.add(...config.clients);
  stores.resources.add(...config.resources);
  for (const user of config.users) stores.users.configure(config.environment.id, user);
  for (const account of config.serviceAccounts) stores.serviceAccounts.configure(account);
}

function sameName(one: string, other: string): boolean {
  return nameKey(one) === nameKey(other);
}

function placeOf(environmentId: string, id: string): string {
  return JSON.stringify([environmentId, id]);
}
