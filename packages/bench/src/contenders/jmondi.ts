import { join } from 'node:path';
import { freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import { type Person, SCOPES } from '../installation.js';
import { type Browser, redirectOf } from '../load/browser.js';
import { expectStatus } from '../workloads/answers.js';
import { atTheEnd } from './at-the-end.js';
import type { Contender, Running, Target } from './contender.js';
import { type OwnPostgres, ownPostgres } from './own-postgres.js';
import { privateJwks } from './private-jwks.js';

/** No opaque access tokens, no discovery, no pages, no devices and no pushed requests. */
const without = ['W3', 'W7', 'W8', 'W9', 'W10'];

/** The library `@jmondi/oauth2-server` with Fastify as one process, all that it knows in memory. */
export const jmondiInMemory: Contender = { name: 'jmondi-memory', without, start: () => start() };

/** The same with a PostgreSQL of its own. */
export const jmondiOnPostgres: Contender = {
  ...{ name: 'jmondi-postgres', without },
  async start() {
    const postgres = await ownPostgres();
    return start(postgres);
  },
};

async function start(postgres?: OwnPostgres): Promise<Running> {
  const end = atTheEnd();
  if (postgres) end.first(() => postgres.stop());
  try {
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const store = postgres ? { STORE: 'postgres', DATABASE_URL: postgres.url } : { STORE: 'memory' };
    const server = new ManagedProcess({
      name: 'jmondi',
      script: join(repositoryRoot, 'packages/bench/dist/peers/jmondi/server.js'),
      readyUrl: `${base}/ready`,
      env: { ...store, PORT: String(port), JWKS: JSON.stringify(await privateJwks()), NODE_ENV: 'production' },
    });
    end.first(() => server.stop());
    await server.start();
    return {
      target: targetAt(base),
      processes: () => [
        { name: server.name, pid: server.pid ?? 0 },
        ...(postgres ? [{ name: 'postgres', pid: postgres.pid }] : []),
      ],
      pause: async () => void (await server.stop()),
      resume: async () => void (await server.start()),
      stop: () => end.now(),
    };
  } catch (error) {
    await end.now();
    throw error;
  }
}

/** With the addresses of what it cannot do, too: nobody asks there. */
function targetAt(base: string): Target {
  return {
    token: `${base}/token`,
    authorize: `${base}/authorize`,
    introspection: `${base}/introspect`,
    discovery: `${base}/.well-known/openid-configuration`,
    jwks: `${base}/jwks`,
    deviceAuthorization: `${base}/device_authorization`,
    pushedRequest: `${base}/par`,
    introspected: SCOPES.es256,
    /** It has no pages: the browser is given the session, and sent to the authorization endpoint. */
    async signIn(browser: Browser, authorizeUrl: string, { id }: Person): Promise<string> {
      expectStatus(await browser.get(`${base}/session/${id}`), 200);
      return redirectOf(await browser.get(authorizeUrl), authorizeUrl);
    },
  };
}
