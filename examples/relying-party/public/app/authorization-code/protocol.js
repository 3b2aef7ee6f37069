/**
 * Authorization code with PKCE in a browser, without a secret. This is the file to copy: it touches no page. What happens with the
 * tokens afterwards is in ../tokens.js; answers that hold an ID token, which most clients never ask for, in front-channel.js.
 *
 * @see RFC 6749 §4.1, RFC 7636 (PKCE), RFC 9126 (pushed requests), RFC 9207 (`iss`), OpenID Connect Core §3.1
 */
import * as oauth from '../library.js';
import { verifyIdToken } from '../tokens.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../server.js').Watch} Watch
 * @typedef {import('../pending.js').PendingSignIn} PendingSignIn
 * @typedef {import('../pending.js').RedirectAnswer} RedirectAnswer
 * @typedef {{ scope: string, prompt?: string, responseMode?: string, responseType?: string, maxAge?: number }} Settings
 * @typedef {{ codeVerifier: string, codeChallenge: string, state: string, nonce: string }} Secrets
 * @typedef {import('../tokens.js').Tokens} Tokens
 */

/** @type {() => Promise<Secrets>} */
export async function createSecrets() {
  const codeVerifier = oauth.generateRandomCodeVerifier();
  return {
    codeVerifier,
    codeChallenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
  };
}

/** @type {(server: Server, redirectUri: string, secrets: Secrets, settings: Settings) => { url: URL, signIn: Omit<PendingSignIn, 'flow'> }} */
export function authorizationRequest({ as, client }, redirectUri, secrets, settings) {
  const responseType = settings.responseType ?? 'code';
  // Without `openid` no ID token comes back, and a nonce would have nowhere to return to (OIDC Core §3.1.2.1).
  const nonce = settings.scope.split(' ').includes('openid') ? secrets.nonce : undefined;
  const proven = responseType.split(' ').includes('code');
  const wanted = {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: responseType,
    scope: settings.scope,
    state: secrets.state,
    nonce,
    code_challenge: proven ? secrets.codeChallenge : undefined,
    code_challenge_method: proven ? 'S256' : undefined,
    prompt: settings.prompt,
    response_mode: settings.responseMode,
    max_age: settings.maxAge?.toString(),
  };
  const parameters = Object.entries(wanted).flatMap(([name, value]) =>
    value ? [/** @type {[string, string]} */ ([name, value])] : [],
  );
  const { codeVerifier, state } = secrets;
  const clientId = client.client_id;
  return {
    url: authorizationUrl(as, parameters),
    signIn: { clientId, responseType, state, nonce, codeVerifier, redirectUri, maxAge: settings.maxAge, parameters },
  };
}

/**
 * Sends the request ahead, so that what travels through the browser is only a reference to it. A public client is named, and no
 * more (RFC 9126 §2).
 *
 * @type {(server: Server, parameters: [string, string][], watch: Watch) => Promise<URL>}
 */
export async function pushRequest(server, parameters, watch) {
  const { as, client, clientAuthentication } = server;
  const response = await oauth.pushedAuthorizationRequest(
    as,
    client,
    clientAuthentication,
    parameters,
    server.options(watch),
  );
  const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, response);
  return authorizationUrl(as, [
    ['client_id', client.client_id],
    ['request_uri', request_uri],
  ]);
}

/** @type {(as: Server['as'], parameters: [string, string][]) => URL} */
function authorizationUrl({ authorization_endpoint }, parameters) {
  if (!authorization_endpoint) throw new Error('The server’s metadata names no authorization_endpoint.');
  const url = new URL(authorization_endpoint);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  return url;
}

/**
 * Is this the answer to our request (`state`), from the server we asked (`iss`), and is it a yes? Throws otherwise.
 *
 * @type {(server: Server, answer: RedirectAnswer, signIn: PendingSignIn) => URLSearchParams}
 */
export function checkRedirectAnswer({ as, client }, answer, signIn) {
  return oauth.validateAuthResponse(as, client, answer.parameters, signIn.state);
}

/**
 * Redeems the code. `callback` must come from a check of the redirect answer; the library refuses anything else.
 *
 * @type {(server: Server, callback: URLSearchParams, signIn: PendingSignIn, watch: Watch) => Promise<Tokens>}
 */
export async function redeemCode(server, callback, { redirectUri, codeVerifier, nonce, maxAge }, watch) {
  const { as, client, clientAuthentication } = server;
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    clientAuthentication,
    callback,
    redirectUri,
    codeVerifier,
    server.options(watch),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
    ...(nonce !== undefined && { expectedNonce: nonce, requireIdToken: true }),
    ...(maxAge !== undefined && nonce !== undefined && { maxAge }),
  });
  await verifyIdToken(server, tokens, response);
  return tokens;
}
