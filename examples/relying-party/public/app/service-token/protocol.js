/**
 * A service account’s JWT for an access token. This is the file to copy: it touches no page.
 *
 * @see RFC 7523 §2.1; RFC 7521 §4.1: the assertion says who asks, so there is no client authentication
 */
import * as oauth from '../library.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** @type {(server: import('../server.js').Server, jwt: string, scope: string, watch: import('../server.js').Watch) => Promise<import('../tokens.js').Tokens>} */
export async function tokenForJwt(server, jwt, scope, watch) {
  const { as, client } = server;
  /** Not even a client_id: it is in the JWT. */
  const nobody = () => {};
  const parameters = { assertion: jwt, ...(scope && { scope }) };
  const response = await oauth.genericTokenEndpointRequest(
    as,
    client,
    nobody,
    JWT_BEARER,
    parameters,
    server.options(watch),
  );
  return oauth.processGenericTokenEndpointResponse(as, client, response);
}
