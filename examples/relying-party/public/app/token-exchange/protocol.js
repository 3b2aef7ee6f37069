/**
 * Token exchange. The gateway has a secret, so the backend sends its requests; what came back is read here as if it had come to
 * this page. This is the file to copy: it touches no page.
 *
 * @see RFC 8693 §2; §1.1 for the difference between delegation and impersonation
 */
import * as oauth from '../library.js';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../server.js').Watch} Watch
 * @typedef {import('../backend.js').Backend} Backend
 * @typedef {import('../tokens.js').Tokens} Tokens
 */

/**
 * The gateway’s own token, to show who acts.
 *
 * @type {(server: Server, backend: Backend, scope: string, watch: Watch) => Promise<string>}
 */
export async function actorToken({ as, client }, backend, scope, watch) {
  const response = await backend('exchange-actor', { scope }, watch);
  return (await oauth.processClientCredentialsResponse(as, client, response)).access_token;
}

/**
 * @param {Server} server
 * @param {Backend} backend
 * @param {{ subject: string, actor?: string | undefined, scope: string }} exchanged without an actor it is impersonation
 * @param {Watch} watch
 * @returns {Promise<Tokens>}
 */
export async function exchangeToken({ as, client }, backend, { subject, actor, scope }, watch) {
  const parameters = {
    subject_token: subject,
    subject_token_type: ACCESS_TOKEN,
    ...(actor && { actor_token: actor, actor_token_type: ACCESS_TOKEN }),
    scope,
  };
  const response = await backend('exchange-token', parameters, watch);
  return oauth.processGenericTokenEndpointResponse(as, client, response);
}
