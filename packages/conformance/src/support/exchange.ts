import { decodeJwt } from 'jose';
import type { App, Tokens } from './app.js';
import { type ClientEntry, type EnvironmentFile, SECRET } from './environments.js';
import type { Answer } from './http.js';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const LEDGER = 'https://api.example/ledger';

export type Kind = 'access_token' | 'id_token' | 'refresh_token' | 'jwt';
export type Form = Record<string, string | undefined>;

export const typeOf = (kind: Kind) => `urn:ietf:params:oauth:token-type:${kind}`;

export const subject = (token: string, kind: Kind = 'access_token'): Form => ({
  subject_token: token,
  subject_token_type: typeOf(kind),
});

export const actor = (token: string, kind: Kind = 'access_token'): Form => ({
  actor_token: token,
  actor_token_type: typeOf(kind),
});

export function exchange(by: App, form: Form): Promise<Answer> {
  return by.token({ grant_type: EXCHANGE, ...form });
}

/** The claims of the access token an exchange brought. */
export async function exchanged(by: App, form: Form): Promise<Record<string, unknown>> {
  const answer = await exchange(by, form);
  if (answer.status !== 200) throw new Error(`not exchanged: ${answer.status} ${answer.text}`);
  return decodeJwt(answer.json<Tokens>().access_token);
}

/** A machine's own token. */
export async function ownToken(app: App, scope = 'orders:read'): Promise<string> {
  return (await app.token({ grant_type: 'client_credentials', scope })).json<Tokens>().access_token;
}

/**
 * `web` lets `backend`, `careful` and `second` exchange its users' tokens; `careful` may not impersonate, `stranger` is named by
 * nobody. Tokens for the ledger say that only `backend` may act.
 */
export function withExchange(file: EnvironmentFile): void {
  file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', EXCHANGE];
  file.resources?.push({
    ...{ name: 'ledger', audience: LEDGER, mayAct: { client_id: 'backend' } },
    scopes: [{ name: 'ledger:read', description: 'Read the ledger' }],
  });
  const [web, spa] = file.clients as [ClientEntry, ClientEntry];
  web.exchange = { allowedDelegators: ['backend', 'careful', 'second'] };
  web.scopes = [...(web.scopes ?? []), 'billing:read', 'ledger:read'];
  web.multipleResources = true;
  spa.exchange = { allowedDelegators: ['backend'] };
  const machine: ClientEntry = {
    ...{ id: 'backend', auth: 'client_secret_basic', secret: SECRET, exchange: { impersonation: true } },
    grantTypes: ['client_credentials', EXCHANGE],
    scopes: ['openid', 'offline_access', 'orders:read', 'orders:write', 'ledger:read'],
  };
  file.clients.push(
    { ...machine, exchange: { impersonation: true, allowedDelegators: ['careful', 'second'] } },
    { ...machine, id: 'careful', exchange: { allowedDelegators: ['backend', 'second'] } },
    { ...machine, id: 'second', exchange: { impersonation: true, allowedDelegators: ['backend', 'careful'] } },
    { ...machine, id: 'stranger' },
  );
}
