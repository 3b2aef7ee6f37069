/**
 * The password grant, for applications that cannot be changed yet. Do not copy this file.
 *
 * @see RFC 6749 §4.3; RFC 9700 §2.4: it must not be used
 */
import * as oauth from '../library.js';
import { verifyIdToken } from '../tokens.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {{ username: string, password: string, scope: string }} Entered
 */

/** @type {(server: Server, backend: import('../backend.js').Backend, entered: Entered, watch: import('../server.js').Watch) => Promise<import('../tokens.js').Tokens>} */
export async function tokensForPassword(server, backend, entered, watch) {
  const { as, client } = server;
  const response = await backend('password-token', entered, watch);
  // The grant has no response of its own kind: it is any token reply (RFC 6749 §4.3.3).
  const tokens = await oauth.processGenericTokenEndpointResponse(as, client, response);
  await verifyIdToken(server, tokens, response);
  return tokens;
}
