import { hash } from '@node-rs/argon2';
import { everyNumber, LEAST_HASHING, person } from '../../installation.js';

/** Somebody who can sign on. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly passwordHash: string;
}

export function everyAccount(): Promise<Account[]> {
  return Promise.all(
    everyNumber.map(person).map(async ({ id, username, password }) => {
      return { id, username, passwordHash: await hash(password, LEAST_HASHING) };
    }),
  );
}
