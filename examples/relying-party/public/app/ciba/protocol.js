/**
 * Client-initiated backchannel authentication, poll mode. The requests carry the client's secret, so the backend sends them; what
 * came back is read here as if it had come to this page. This is the file to copy: it touches no page.
 *
 * @see OpenID Connect CIBA Core 1.0 §7 (the request), §10.1 (polling), §11 (the answers)
 */
import * as oauth from '../library.js';
import { poll } from '../polling.js';
import { verifyIdToken } from '../tokens.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../server.js').Watch} Watch
 * @typedef {import('../backend.js').Backend} Backend
 * @typedef {{ scope: string, login_hint: string, binding_message: string }} Question
 * @typedef {import('oauth4webapi').BackchannelAuthenticationResponse} Asked
 */

/** @type {(server: Server, backend: Backend, question: Question, watch: Watch) => Promise<Asked>} */
export async function ask({ as, client }, backend, question, watch) {
  const response = await backend('ciba-start', question, watch);
  return oauth.processBackchannelAuthenticationResponse(as, client, response);
}

/**
 * Asks until the person has decided, no oftener than `interval`, and more slowly when told to.
 *
 * @type {(server: Server, backend: Backend, asked: Asked, watch: Watch, onwait: (reply: import('../polling.js').NotYet) => void) => Promise<import('../tokens.js').Tokens>}
 */
export function waitForApproval(server, backend, asked, watch, onwait) {
  const { as, client } = server;
  const once = async () => {
    const response = await backend('ciba-token', { auth_req_id: asked.auth_req_id }, watch);
    const tokens = await oauth.processBackchannelAuthenticationGrantResponse(as, client, response);
    await verifyIdToken(server, tokens, response);
    return tokens;
  };
  return poll(once, asked, onwait);
}
