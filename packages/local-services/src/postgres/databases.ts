import { Client, escapeIdentifier } from 'pg';

const DUPLICATE_DATABASE = '42P04';

/**
 * Makes a database, unless it exists.
 *
 * @param adminUrl any database of the same cluster, as a role that may create databases
 * @returns the new database's URL
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  await onCluster(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return;
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`).catch((error: { code?: string }) => {
      if (error.code !== DUPLICATE_DATABASE) throw error;
    });
  });
  return databaseUrl(adminUrl, name);
}

/** Drops a database if it exists, ending the sessions that use it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await onCluster(adminUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`));
}

/** The same cluster's URL for another database. */
export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

async function onCluster(adminUrl: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // A connection lost after our last query is no news.
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
