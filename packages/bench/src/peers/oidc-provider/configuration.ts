import {
  type AdapterFactory,
  type ClientMetadata,
  type Configuration,
  errors,
  type JWKS,
  type ResourceServer,
} from 'oidc-provider';
import { AUDIENCES, everyNumber, MACHINE, SCOPES, television, WEB, web } from '../../installation.js';

const HOUR = 3_600;
const FORTNIGHT = 14 * 24 * HOUR;

const RESOURCE_SERVERS = new Map<string, ResourceServer>([
  [audienceOf(SCOPES.es256), jwtFor(SCOPES.es256, 'ES256')],
  [audienceOf(SCOPES.rs256), jwtFor(SCOPES.rs256, 'RS256')],
  [audienceOf(SCOPES.opaque), opaqueFor(SCOPES.opaque)],
]);

/** Kept with the adapter, as everywhere but in memory: one can be added, changed or switched off while the server runs. */
export const CLIENTS: readonly ClientMetadata[] = [
  {
    ...{ client_id: MACHINE.id, client_secret: MACHINE.secret },
    ...{ grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
  },
  ...everyNumber.map(web).map(({ id, secret }) => ({
    ...{ client_id: id, client_secret: secret, redirect_uris: [WEB.redirectUri] },
    ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code' as const] },
    id_token_signed_response_alg: 'ES256' as const,
  })),
  ...everyNumber.map(television).map(({ id, secret }) => ({
    ...{ client_id: id, client_secret: secret, redirect_uris: [], response_types: [] },
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  })),
];

export interface Secrets {
  /** Private keys, one for each algorithm that is signed with. */
  readonly jwks: JWKS;
  readonly cookieKey: string;
}

/** The same installation as every contender's. */
export function configuration(
  adapter: AdapterFactory,
  { jwks, cookieKey }: Secrets,
  isPerson: (id: string) => boolean,
): Configuration {
  return {
    adapter,
    clientDefaults: { token_endpoint_auth_method: 'client_secret_basic' },
    jwks,
    cookies: {
      keys: [cookieKey],
      long: { httpOnly: true, sameSite: 'lax', secure: false, signed: true },
      short: { httpOnly: true, sameSite: 'lax', secure: false, signed: true },
    },
    pkce: { required: () => true },
    findAccount: (_ctx, id) => (isPerson(id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined),
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    // What is granted outlasts the session, as `offline_access` asks for.
    expiresWithSession: () => false,
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, _client, oneOf) => oneOf?.[0] ?? resourcesOf(ctx.oidc.params?.['scope']),
        getResourceServerInfo: (_ctx, resource) => {
          const info = RESOURCE_SERVERS.get(resource);
          if (!info) throw new errors.InvalidTarget();
          return info;
        },
        useGrantedResource: () => true,
      },
    },
    ttl: {
      ...{ AccessToken: HOUR, ClientCredentials: HOUR, IdToken: HOUR, Interaction: HOUR },
      ...{ AuthorizationCode: 600, DeviceCode: HOUR },
      ...{ Grant: FORTNIGHT, RefreshToken: FORTNIGHT, Session: FORTNIGHT },
    },
  };
}

function jwtFor(scope: string, alg: 'ES256' | 'RS256'): ResourceServer {
  const audience = audienceOf(scope);
  return { scope, audience, accessTokenFormat: 'jwt', accessTokenTTL: HOUR, jwt: { sign: { alg } } };
}

function opaqueFor(scope: string): ResourceServer {
  return { scope, audience: audienceOf(scope), accessTokenFormat: 'opaque', accessTokenTTL: HOUR };
}

function audienceOf(scope: string): string {
  return AUDIENCES[scope] as string;
}

/** The APIs that the scopes are of, so that nobody has to name them. */
function resourcesOf(scope: unknown): string | string[] {
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  const resources = scopes.flatMap((each) => AUDIENCES[each] ?? []);
  return resources.length === 1 ? (resources[0] as string) : resources;
}
