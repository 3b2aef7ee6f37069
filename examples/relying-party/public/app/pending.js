/**
 * The sign-in that is under way: what must be remembered while the person is away at the authorization server.
 *
 * It lives in sessionStorage, so two tabs do not disturb each other, and it is taken out to be read: it serves once.
 */

/**
 * @typedef {object} PendingSignIn
 * @property {string} state must come back unchanged
 * @property {string | undefined} nonce must be in the ID token; undefined when none was asked for
 * @property {string} codeVerifier proves at the token endpoint that the code is ours
 * @property {string} redirectUri is repeated at the token endpoint
 * @property {number | undefined} maxAge when given, the ID token must say when the person signed in
 * @property {[string, string][]} parameters the request, to show it again
 */

const KEY = 'grantway.playground.sign-in';

/** @type {(signIn: PendingSignIn) => void} */
export function keepSignIn(signIn) {
  sessionStorage.setItem(KEY, JSON.stringify(signIn));
}

/** @type {() => PendingSignIn | undefined} */
export function takeSignIn() {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  try {
    return kept ? JSON.parse(kept) : undefined;
  } catch {
    return undefined;
  }
}

export function forgetSignIn() {
  sessionStorage.removeItem(KEY);
}
