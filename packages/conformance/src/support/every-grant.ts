import type { App } from './app.js';
import { CIBA, Till, withTills } from './ciba.js';
import { withResources } from './companions.js';
import { DEVICE_CODE, withDevices } from './device.js';
import { type ClientEntry, type EnvironmentFile, SECRET } from './environments.js';
import { type Answer, basic, postForm } from './http.js';
import { JWT_BEARER } from './service-accounts.js';

export const PASSWORD = 'password';
export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const OTHERS = [DEVICE_CODE, CIBA, EXCHANGE, JWT_BEARER, PASSWORD];
export const EVERY_GRANT = ['authorization_code', 'implicit', 'refresh_token', 'client_credentials', ...OTHERS];

/**
 * Everything switched on, and a client for each: web (exchange too), front (implicit, hybrid), console and tv (device),
 * till and bank (CIBA), kiosk (password), machines (service accounts), service (client credentials).
 */
export function withEveryGrant(file: EnvironmentFile): void {
  withResources(file);
  withDevices(file);
  withTills(file);
  file.grantTypes = EVERY_GRANT;
  const [web] = file.clients as [ClientEntry];
  web.grantTypes = [...web.grantTypes, EXCHANGE];
  web.exchange = { impersonation: true };
  const { redirectUris: _, postLogoutRedirectUris: __, exchange: ___, ...keyed } = web;
  file.clients.push(
    { ...keyed, id: 'kiosk', name: 'Kiosk', grantTypes: [PASSWORD, 'refresh_token'] },
    { ...keyed, id: 'machines', name: 'Machines', grantTypes: [JWT_BEARER] },
    {
      ...web,
      ...{ id: 'front', name: 'Front Shop', grantTypes: ['authorization_code', 'refresh_token', 'implicit'] },
      responseTypes: ['code', 'token', 'id_token', 'id_token token', 'code id_token'],
    },
  );
  file.serviceAccounts = [{ id: 'night', client: 'machines', scopes: ['orders:read'] }];
}

/** A door where a client says who it is, and what an honest one says there besides. */
export interface ClientDoor {
  readonly path: string;
  readonly clientId: string;
  readonly form: () => Record<string, string>;
  readonly status: number;
}

/** @param tenant {@link withEveryGrant} */
export function clientDoors(tenant: { app(id?: string): App }): ClientDoor[] {
  const asked = () => ({ scope: 'openid orders:read', login_hint: Till.somebody() });
  // RFC 9126 §2: whose it is may be said by the credentials alone.
  const anAuthorization = () => {
    const { client_id: _, ...params } = tenant.app('web').authorizeParams();
    return params;
  };
  const aToken = () => ({ token: 'nothing-of-ours' });
  return [
    { path: 'token', clientId: 'service', form: () => ({ grant_type: 'client_credentials' }), status: 200 },
    { path: 'par', clientId: 'web', form: anAuthorization, status: 201 },
    { path: 'introspect', clientId: 'web', form: aToken, status: 200 },
    { path: 'revoke', clientId: 'web', form: aToken, status: 200 },
    { path: 'device_authorization', clientId: 'console', form: () => ({ scope: 'openid' }), status: 200 },
    { path: 'bc-authorize', clientId: 'till', form: asked, status: 200 },
    { path: 'cibaAuthorization', clientId: 'bank', form: asked, status: 200 },
  ];
}

/** Sends the door's own request: changed by names, or with pairs added; with the client's Basic authentication where no other headers are given. */
export function knock(
  { issuer }: { issuer: string },
  { path, clientId, form }: ClientDoor,
  more: Record<string, string> | [string, string][] = {},
  headers: Record<string, string> = basic(clientId, SECRET),
): Promise<Answer> {
  const sent = Array.isArray(more) ? [...Object.entries(form()), ...more] : { ...form(), ...more };
  return postForm(`${issuer}/${path}`, sent, headers);
}
