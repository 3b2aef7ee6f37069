import type { User } from '@grantway/domain';

/** The users the token endpoint looks for before it mints. */
export interface KnownUsers {
  find(environmentId: string, id: string): Promise<User | undefined>;
}

/** Users in memory, each in an environment. */
export class TestUsers implements KnownUsers {
  readonly #users = new Map<string, User>();

  constructor(users: Iterable<User> = []) {
    this.add(...users);
  }

  /** Also replaces one of the same id. */
  add(...users: readonly User[]): this {
    for (const user of users) this.#users.set(placeOf(user), user);
    return this;
  }

  lock(user: User): void {
    this.add({ ...user, status: 'locked' });
  }

  delete(user: User): void {
    this.#users.delete(placeOf(user));
  }

  async find(environmentId: string, id: string): Promise<User | undefined> {
    return this.#users.get(placeOf({ environmentId, id }));
  }
}

function placeOf({ environmentId, id }: Pick<User, 'environmentId' | 'id'>): string {
  return JSON.stringify([environmentId, id]);
}
