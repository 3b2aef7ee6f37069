import { AuthorizationServer, type AuthorizationServerOptions, type OAuthUserRepository } from '@jmondi/oauth2-server';
import type { Store } from './entities.js';
import type { JoseJwt } from './jwt.js';
import { OpenIdAuthCodeGrant, OpenIdRefreshTokenGrant } from './openid-grants.js';

/** The library with the grants that are measured; PKCE with S256 is required. */
export function authorizationServer(
  issuer: string,
  { clients, scopes, codes, tokens }: Store,
  users: OAuthUserRepository,
  jwt: JoseJwt,
): AuthorizationServer {
  const options: AuthorizationServerOptions = {
    ...{ issuer, requiresPKCE: true, requiresS256: true, notBeforeLeeway: 0, tokenCID: 'id', scopeDelimiter: ' ' },
    ...{ authenticateIntrospect: true, authenticateRevoke: true, implicitRedirectMode: 'query' },
    // Half the signatures of the default, which wraps both into a JWT and looks them up all the same.
    ...{ useOpaqueAuthorizationCodes: true, useOpaqueRefreshTokens: true },
  };
  const server = new AuthorizationServer(clients, tokens, scopes, jwt, options);
  server.enableGrantTypes(
    { grant: new OpenIdAuthCodeGrant(codes, users, clients, tokens, scopes, jwt, options) },
    { grant: new OpenIdRefreshTokenGrant(clients, tokens, scopes, jwt, options) },
  );
  return server;
}
