/**
 * Authorization code with PKCE in a browser, without a secret. This is the file to copy: it touches no page.
 *
 * @see RFC 6749 §4.1, RFC 7636 (PKCE), RFC 9207 (`iss`), OpenID Connect Core §3.1
 */
import * as oauth from '../library.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../server.js').Watch} Watch
 * @typedef {import('../pending.js').PendingSignIn} PendingSignIn
 * @typedef {{ scope: string, prompt: string, responseMode: string, maxAge?: number }} Settings
 * @typedef {{ codeVerifier: string, codeChallenge: string, state: string, nonce: string }} Secrets
 * @typedef {{ place: 'query' | 'fragment', parameters: URLSearchParams }} RedirectAnswer
 * @typedef {import('oauth4webapi').TokenEndpointResponse} Tokens
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

/** @type {(server: Server, redirectUri: string, secrets: Secrets, settings: Settings) => { url: URL, signIn: PendingSignIn }} */
export function authorizationRequest({ as, client }, redirectUri, secrets, settings) {
  if (!as.authorization_endpoint) throw new Error('The server’s metadata names no authorization_endpoint.');

  // Without `openid` no ID token comes back, and a nonce would have nowhere to return to (OIDC Core §3.1.2.1).
  const nonce = settings.scope.split(' ').includes('openid') ? secrets.nonce : undefined;
  const wanted = {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: settings.scope,
    state: secrets.state,
    nonce,
    code_challenge: secrets.codeChallenge,
    code_challenge_method: 'S256',
    prompt: settings.prompt,
    response_mode: settings.responseMode,
    max_age: settings.maxAge?.toString(),
  };
  const parameters = Object.entries(wanted).flatMap(([name, value]) =>
    value ? [/** @type {[string, string]} */ ([name, value])] : [],
  );

  const url = new URL(as.authorization_endpoint);
  for (const [name, value] of parameters) url.searchParams.set(name, value);

  const { codeVerifier, state } = secrets;
  return { url, signIn: { state, nonce, codeVerifier, redirectUri, maxAge: settings.maxAge, parameters } };
}

/**
 * Reads the answer from the address and clears the address bar: a code has no business in a history or a bookmark.
 *
 * @type {() => RedirectAnswer | undefined}
 */
export function takeRedirectAnswer() {
  const { pathname, search, hash } = location;
  const query = new URLSearchParams(search);
  const fragment = new URLSearchParams(hash.slice(1));
  history.replaceState(null, '', pathname);

  /** @type {(parameters: URLSearchParams) => boolean} */
  const isAnswer = (parameters) => ['code', 'error', 'state'].some((name) => parameters.has(name));
  if (isAnswer(query)) return { place: 'query', parameters: query };
  if (isAnswer(fragment)) return { place: 'fragment', parameters: fragment };
  return undefined;
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
 * Redeems the code. `callback` must come from `checkRedirectAnswer`; the library refuses anything else.
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

/**
 * The ID token's claims are checked by the library when it reads the reply; this adds the signature. OIDC Core §3.1.3.7 lets a
 * client rely on TLS instead, but there is none on `http://localhost`, and a client that logs or forwards the token wants it.
 *
 * @type {(server: Server, tokens: Tokens, response: Response) => Promise<void>}
 */
async function verifyIdToken(server, tokens, response) {
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
