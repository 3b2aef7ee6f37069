/**
 * The sign-in that is under way: what must be remembered while the person is away at the authorization server.
 *
 * It lives in sessionStorage, so two tabs do not disturb each other, and it is taken out to be read: it serves once.
 */

/**
 * @typedef {{ place: 'query' | 'fragment', parameters: URLSearchParams }} RedirectAnswer
 */

/**
 * @typedef {object} PendingSignIn
 * @property {string} flow the tab that asked
 * @property {string} clientId
 * @property {string} responseType
 * @property {string} state must come back unchanged
 * @property {string | undefined} nonce must be in the ID token; undefined when none was asked for
 * @property {string} codeVerifier proves at the token endpoint that the code is ours
 * @property {string} redirectUri is repeated at the token endpoint
 * @property {number | undefined} maxAge when given, the ID token must say when the person signed in
 * @property {[string, string][]} parameters the request, to show it again
 * @property {import('./server.js').Exchange} [pushed] the same, when it was sent ahead
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
