import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import type { Person } from '../installation.js';
import { type Browser, redirectOf } from '../load/browser.js';
import { expectStatus } from '../workloads/answers.js';
import { atTheEnd } from './at-the-end.js';
import type { Contender, Running, Target } from './contender.js';
import { ownPostgres } from './own-postgres.js';
import { privateJwks } from './private-jwks.js';

/** The library `oidc-provider` as one process, with a PostgreSQL of its own. */
export const oidcProvider: Contender = { name: 'oidc-provider', without: [], start };

async function start(): Promise<Running> {
  const end = atTheEnd();
  try {
    const postgres = await ownPostgres();
    end.first(() => postgres.stop());
    const port = await freePort();
    const target = targetAt(`http://127.0.0.1:${port}`);
    const secrets = { jwks: await privateJwks(), cookieKey: randomBytes(32).toString('base64url') };
    const server = new ManagedProcess({
      name: 'oidc-provider',
      script: join(repositoryRoot, 'packages/bench/dist/peers/oidc-provider/server.js'),
      readyUrl: target.discovery,
      env: {
        ...{ PORT: String(port), DATABASE_URL: postgres.url, SECRETS: JSON.stringify(secrets) },
        NODE_ENV: 'production',
      },
    });
    end.first(() => server.stop());
    await server.start();
    return {
      target,
      processes: () => [
        { name: server.name, pid: server.pid ?? 0 },
        { name: 'postgres', pid: postgres.pid },
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

function targetAt(issuer: string): Target {
  return {
    token: `${issuer}/token`,
    authorize: `${issuer}/auth`,
    introspection: `${issuer}/token/introspection`,
    discovery: `${issuer}/.well-known/openid-configuration`,
    jwks: `${issuer}/jwks`,
    deviceAuthorization: `${issuer}/device/auth`,
    pushedRequest: `${issuer}/request`,
    signIn,
  };
}

/** Sign-on page, its form, consent page, its form, and back to the client. */
async function signIn(browser: Browser, authorizeUrl: string, { username, password }: Person): Promise<string> {
  const signOnUrl = redirectOf(await browser.get(authorizeUrl), authorizeUrl);
  const signedOnUrl = await submit(browser, signOnUrl, { username, password });
  const consentUrl = redirectOf(await browser.get(signedOnUrl), signedOnUrl);
  const allowedUrl = await submit(browser, consentUrl, { decision: 'allow' });
  return redirectOf(await browser.get(allowedUrl), allowedUrl);
}

/** Looks at a page and posts its form. @returns where the answer leads */
async function submit(browser: Browser, pageUrl: string, form: Readonly<Record<string, string>>): Promise<string> {
  const { text } = expectStatus(await browser.get(pageUrl), 200);
  for (const name in form) if (!text.includes(`name="${name}"`)) throw new Error(`no ${name} on the page: ${text}`);
  return redirectOf(await browser.postForm(pageUrl, form), pageUrl);
}
