/**
 * Answers that bring an ID token through the browser: `code id_token` and `id_token`. Anybody could have put it there, so its
 * signature, its nonce and its tie to the code are all that makes it good.
 *
 * @see OpenID Connect Core §3.2.2.11, §3.3.2
 */
import * as oauth from '../library.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../pending.js').PendingSignIn} PendingSignIn
 * @typedef {import('../pending.js').RedirectAnswer} RedirectAnswer
 */

/**
 * The answer's parameters once they have passed, fit for redeeming the code that may be among them.
 *
 * @type {(server: Server, answer: RedirectAnswer, signIn: PendingSignIn) => Promise<URLSearchParams>}
 */
export async function checkFrontAnswer(server, { parameters }, signIn) {
  const { as, client } = server;
  const rest = new URLSearchParams(parameters);
  rest.delete('id_token');
  // State, issuer and errors first, as with any answer.
  const checked = oauth.validateAuthResponse(as, client, rest, signIn.state);
  const { nonce = '', maxAge, responseType } = signIn;
  if (responseType.split(' ').includes('code')) {
    return oauth.validateCodeIdTokenResponse(as, client, parameters, nonce, signIn.state, maxAge, server.options());
  }
  await checkIdToken(server, parameters.get('id_token') ?? '', nonce, maxAge);
  return checked;
}

/**
 * The library reads ID tokens where a token endpoint puts them, so this one is handed to it in such a reply.
 *
 * @type {(server: Server, idToken: string, nonce: string, maxAge: number | undefined) => Promise<void>}
 */
async function checkIdToken(server, idToken, nonce, maxAge) {
  const { as, client } = server;
  const reply = Response.json({ id_token: idToken, access_token: 'none came', token_type: 'Bearer' });
  await oauth.processAuthorizationCodeResponse(as, client, reply, {
    expectedNonce: nonce,
    requireIdToken: true,
    ...(maxAge !== undefined && { maxAge }),
  });
  await oauth.validateApplicationLevelSignature(as, reply, server.options());
}
