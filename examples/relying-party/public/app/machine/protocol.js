/**
 * Client credentials, and what becomes of the token. This is the file to copy: it touches no page.
 *
 * @see RFC 6749 §4.4, RFC 7009 (revocation); RFC 7662 (introspection) is in ../introspect.js
 */
import * as oauth from '../library.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../server.js').Watch} Watch
 * @typedef {import('../backend.js').Backend} Backend
 */

/** @type {(server: Server, backend: Backend, scope: string, watch: Watch) => Promise<import('../tokens.js').Tokens>} */
export async function tokenOfItsOwn({ as, client }, backend, scope, watch) {
  const response = await backend('machine-token', { scope }, watch);
  return oauth.processClientCredentialsResponse(as, client, response);
}

/** @type {(backend: Backend, token: string, watch: Watch) => Promise<void>} */
export async function giveBack(backend, token, watch) {
  await oauth.processRevocationResponse(await backend('machine-revoke', { token }, watch));
}
