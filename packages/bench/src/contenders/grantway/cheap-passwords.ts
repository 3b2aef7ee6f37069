import { hash } from '@node-rs/argon2';
import { Client } from 'pg';
import { LEAST_HASHING, person } from '../../installation.js';

/** Gives everybody a hash that costs next to nothing to check. An environment file takes none like that, and no password is so kept. */
export async function makePasswordsCheap(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const passwordHash = await hash(person(0).password, LEAST_HASHING);
    await client.query('UPDATE directory_user SET password_hash = $1', [passwordHash]);
  } finally {
    await client.end();
  }
}
