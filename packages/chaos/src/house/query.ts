import { Client } from 'pg';

/** One statement on a connection of its own, which breaks nothing when it breaks. @throws what PostgreSQL says */
export async function query<T extends object>(url: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = await connected(url);
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A session to hold something in. @throws what PostgreSQL says */
export async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'chaos' });
  client.on('error', () => {});
  await client.connect();
  return client;
}
