import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { Pool } from 'pg';
import { everyAccount } from './accounts.js';
import { postgresAdapter } from './adapter.js';
import { CLIENTS, configuration, type Secrets } from './configuration.js';
import { interactions } from './interactions.js';

const { DATABASE_URL: connectionString, PORT, SECRETS } = process.env;
if (!connectionString || !PORT || !SECRETS) throw new Error('DATABASE_URL, PORT and SECRETS have to be set');

const pool = new Pool({ connectionString });
pool.on('error', (error) => console.error(error.message));

const accounts = await everyAccount();
const byName = new Map(accounts.map((account) => [account.username, account]));
const ids = new Set(accounts.map(({ id }) => id));

const adapter = await postgresAdapter(pool);
for (const client of CLIENTS) await adapter('Client').upsert(client.client_id, { ...client });

const provider = new Provider(
  `http://127.0.0.1:${PORT}`,
  configuration(adapter, JSON.parse(SECRETS) as Secrets, (id) => ids.has(id)),
);
provider.on('server_error', (_ctx, error) => console.error(error));

const protocol = provider.callback();
const pages = interactions(provider, (username) => byName.get(username));

const server = createServer((request, response) => {
  void (request.url?.startsWith('/interaction/') ? pages(request, response) : protocol(request, response));
});
// As long as Fastify keeps them, which the others use: connections are open before they are loaded.
server.keepAliveTimeout = 72_000;
server.listen(Number(PORT), '127.0.0.1');
