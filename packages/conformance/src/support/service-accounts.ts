import { grantway } from './admin.js';
import type { Tenant } from './environments.js';
import { everywhere } from './everywhere.js';
import { type Answer, basic, postForm } from './http.js';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** `grantway service-account …` on the installation under test, as its operator. @returns what it said */
export function serviceAccount(tenant: Tenant, verb: string, id: string, ...args: string[]): Promise<string> {
  return grantway('service-account', verb, tenant.id, id, ...args);
}

/** Makes its next token, which is the good one from then on; every replica has seen it when this is over. */
export async function newServiceToken(tenant: Tenant, id: string, ...args: string[]): Promise<string> {
  const said = await serviceAccount(tenant, 'regenerate', id, ...args);
  const token = /^eyJ[\w.-]+$/m.exec(said)?.[0];
  if (!token) throw new Error(`no token: ${said}`);
  await everywhere(
    () => present(tenant, token),
    (answer) => answer.status === 200 || answer.error !== 'invalid_grant',
  );
  return token;
}

/** Exchanges a service token, as its holder does: without client authentication, or with that of `who`. */
export function present(
  { issuer }: { issuer: string },
  assertion: string,
  more: Record<string, string> = {},
  who?: [id: string, secret: string],
): Promise<Answer> {
  const form = { grant_type: JWT_BEARER, assertion, ...more };
  return postForm(`${issuer}/token`, form, who ? basic(...who) : {});
}
