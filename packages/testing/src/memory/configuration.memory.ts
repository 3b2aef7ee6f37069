import {
  type Client,
  Clients,
  type ConfiguredUser,
  type Environment,
  type EnvironmentConfig,
  Environments,
  type Resource,
  ResourceCatalog,
  Resources,
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

/** Keeps passwords as they are, and takes no time to check one. */
export class MemoryUserDirectory extends UserDirectory {
  readonly #users = new Map<string, { user: User; password: string | undefined }>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  add(user: User, password?: string): this {
    this.#users.set(placeOf(user.environmentId, user.id), { user, password });
    return this;
  }

  configure(environmentId: string, { password, ...user }: ConfiguredUser): void {
    const plain = password && 'plain' in password ? password.plain : undefined;
    this.add({ ...user, environmentId, passwordChangedAt: this.clock.date() }, plain);
  }

  async find(environmentId: string, id: string): Promise<User | undefined> {
    return this.#users.get(placeOf(environmentId, id))?.user;
  }

  async authenticate(environmentId: string, username: string, password: string): Promise<User | undefined> {
    const found = [...this.#users.values()].find(
      ({ user }) => user.environmentId === environmentId && sameName(user.username, username),
    );
    return found?.password === password ? found.user : undefined;
  }
}

/** What applying an environment file would leave, put there directly. */
export function configureMemory(
  stores: {
    environments: MemoryEnvironments;
    clients: MemoryClients;
    resources: MemoryResources;
    users: MemoryUserDirectory;
  },
  config: EnvironmentConfig,
): void {
  stores.environments.add(config.environment);
  stores.clients.add(...config.clients);
  stores.resources.add(...config.resources);
  for (const user of config.users) stores.users.configure(config.environment.id, user);
}

function sameName(one: string, other: string): boolean {
  const plain = (name: string): string => name.normalize('NFKC').toLowerCase();
  return plain(one) === plain(other);
}

function placeOf(environmentId: string, id: string): string {
  return JSON.stringify([environmentId, id]);
}
