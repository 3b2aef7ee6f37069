/** What is done with tokens, whichever grant they came from. Like the protocols, it touches no page. */
import * as oauth from './library.js';

/**
 * @typedef {import('./server.js').Server} Server
 * @typedef {import('./server.js').Watch} Watch
 * @typedef {import('oauth4webapi').TokenEndpointResponse} Tokens
 */

/**
 * The ID token's claims are checked by the library when it reads the reply; this adds the signature. OIDC Core §3.1.3.7 lets a
 * client rely on TLS instead, but there is none on `http://localhost`, and a client that logs or forwards the token wants it.
 *
 * @type {(server: Server, tokens: Tokens, response: Response) => Promise<void>}
 */
export async function verifyIdToken(server, tokens, response) {
  if (tokens.id_token) await oauth.validateApplicationLevelSignature(server.as, response, server.options());
}

/** The ID token's claims, after the library has checked them. */
export const idTokenClaims = oauth.getValidatedIdTokenClaims;

/**
 * What an API does with the access token it is sent. A client never needs this: to it the token is opaque. An API compares `aud`
 * with its own name; the playground is no API and has none, so it takes the audience from the token.
 *
 * @type {(server: Server, accessToken: string, audience: string) => Promise<unknown>}
 * @see RFC 9068 §4
 */
export function verifyAccessToken(server, accessToken, audience) {
  const request = new Request(location.origin, { headers: { authorization: `Bearer ${accessToken}` } });
  return oauth.validateJwtAccessToken(server.as, request, audience, server.options());
}

/**
 * Asks who the person is. The subject must be the one of the ID token, or somebody's token was swapped (OIDC Core §5.3.2).
 *
 * @type {(server: Server, accessToken: string, subject: string, watch: Watch) => Promise<import('oauth4webapi').UserInfoResponse>}
 */
export async function readUserInfo(server, accessToken, subject, watch) {
  const { as, client } = server;
  const response = await oauth.userInfoRequest(as, client, accessToken, server.options(watch));
  return oauth.processUserInfoResponse(as, client, subject, response);
}

/**
 * @type {(server: Server, refreshToken: string, subject: string | undefined, watch: Watch) => Promise<Tokens>}
 */
export async function refresh(server, refreshToken, subject, watch) {
  const { as, client, clientAuthentication } = server;
  const response = await oauth.refreshTokenGrantRequest(
    as,
    client,
    clientAuthentication,
    refreshToken,
    server.options(watch),
  );
  const tokens = await oauth.processRefreshTokenResponse(as, client, response);
  await verifyIdToken(server, tokens, response);
  // OIDC Core §12.2: a refreshed ID token is about the same person.
  if (tokens.id_token && subject !== undefined && idTokenClaims(tokens)?.sub !== subject) {
    throw new Error('The refreshed ID token is about somebody else.');
  }
  return tokens;
}

/**
 * What an introspection endpoint said to an API.
 *
 * @type {(server: Server, apiId: string, response: Response) => Promise<import('oauth4webapi').IntrospectionResponse>}
 * @see RFC 7662 §2.2
 */
export function readIntrospection({ as }, apiId, response) {
  return oauth.processIntrospectionResponse(as, { client_id: apiId }, response);
}
