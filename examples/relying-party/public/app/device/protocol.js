/**
 * Device authorization, without a secret. This is the file to copy: it touches no page.
 *
 * @see RFC 8628
 */
import * as oauth from '../library.js';
import { poll } from '../polling.js';
import { verifyIdToken } from '../tokens.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../server.js').Watch} Watch
 * @typedef {{ reply: import('oauth4webapi').DeviceAuthorizationResponse, codeVerifier: string }} Started
 */

/**
 * The device code is bound to a verifier that never leaves this page, so whoever sees the code on its way cannot use it.
 *
 * @type {(server: Server, scope: string, watch: Watch) => Promise<Started>}
 * @see RFC 8628 §3.1
 */
export async function askForCode(server, scope, watch) {
  const { as, client, clientAuthentication } = server;
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const parameters = {
    ...(scope && { scope }),
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  };
  const response = await oauth.deviceAuthorizationRequest(
    as,
    client,
    clientAuthentication,
    parameters,
    server.options(watch),
  );
  return { reply: await oauth.processDeviceAuthorizationResponse(as, client, response), codeVerifier };
}

/**
 * Asks until the person has decided, no oftener than `interval`, and more slowly when told to.
 *
 * @type {(server: Server, started: Started, watch: Watch, onwait: (reply: import('../polling.js').NotYet) => void) => Promise<import('../tokens.js').Tokens>}
 * @see RFC 8628 §3.4, §3.5
 */
export function waitForPerson(server, { reply, codeVerifier }, watch, onwait) {
  const { as, client, clientAuthentication } = server;
  const ask = async () => {
    const response = await oauth.deviceCodeGrantRequest(as, client, clientAuthentication, reply.device_code, {
      ...server.options(watch),
      additionalParameters: { code_verifier: codeVerifier },
    });
    const tokens = await oauth.processDeviceCodeResponse(as, client, response);
    await verifyIdToken(server, tokens, response);
    return tokens;
  };
  return poll(ask, reply, onwait);
}
