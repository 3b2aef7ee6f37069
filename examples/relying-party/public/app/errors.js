/** Errors in words: what happened, and what a person can do about it. */

/**
 * @typedef {object} Explanation
 * @property {string} code    the protocol's error code, the library's, or one of ours: `network`, `timeout`, `unexpected`
 * @property {string} title
 * @property {string} text
 * @property {string} [detail]  what the server or the library said, word for word
 * @property {boolean} retry    whether trying the same again may help
 */

/** @typedef {[title: string, text: string]} Words */

/** @type {Words} */
const SERVER_PROBLEM = ['The server had a problem', 'Something went wrong on its side. Trying again may help.'];

/** @type {Record<string, Words>} */
const PROTOCOL = {
  access_denied: [
    'Access was refused',
    'Consent was not given, so nothing was issued. That is a proper end of a sign-in: a client says so and offers to begin again.',
  ],
  login_required: [
    'Nobody is signed in',
    'With prompt=none the server may not show its sign-on page. Sign in once without it, then try prompt=none again.',
  ],
  consent_required: [
    'Consent is still needed',
    'With prompt=none the server may not ask. Sign in once without it, agree, then try again.',
  ],
  interaction_required: ['The server has to ask something', 'With prompt=none it may not. Try again without it.'],
  account_selection_required: [
    'An account has to be chosen',
    'With prompt=none the server may not ask which. Try again without it.',
  ],
  invalid_request: [
    'The request was not understood',
    'A parameter is missing, repeated or malformed. What the server said is below.',
  ],
  invalid_scope: [
    'A scope is not available',
    'The client asked for a scope that does not exist or that it is not registered for. Edit the scope and try again.',
  ],
  invalid_target: [
    'The resource is not available',
    'The server does not know the resource asked for, or does not issue tokens for it to this client.',
  ],
  unauthorized_client: [
    'This client may not do that',
    'The client is known, but its registration does not allow this grant or response type.',
  ],
  unsupported_response_type: [
    'The response type is not offered',
    'The server does not answer this kind of authorization request.',
  ],
  unsupported_grant_type: [
    'The grant type is not offered',
    'The server does not know this grant, or it is switched off here.',
  ],
  invalid_client: [
    'The client was not recognised',
    'Is it registered under this id, and as what this page takes it for: public without a secret, or with the one the backend has?',
  ],
  invalid_grant: [
    'The code or refresh token is no longer good',
    'It was used already, has expired or was revoked, or the code verifier does not match. Start over to get a new one.',
  ],
  expired_token: ['Nobody answered in time', 'The code is no longer good. Start again to get a new one.'],
  invalid_request_uri: [
    'The pushed request is gone',
    'A pushed request serves once, and not for long. Start again, and do not wait too long on the way.',
  ],
  unknown_user_id: ['Nobody is known by that name', 'The login hint fits no user of this environment.'],
  invalid_binding_message: [
    'The message cannot be shown',
    'It is too long, or holds characters that have no place in it.',
  ],
  too_many_requests: ['Too often', 'The server wants to be left alone for a while. Try again in a minute.'],
  invalid_token: ['The access token was not accepted', 'It has expired or was revoked.'],
  insufficient_scope: ['The access token does not reach this far', 'It lacks a scope that this endpoint asks for.'],
  server_error: SERVER_PROBLEM,
  temporarily_unavailable: ['The server is busy', 'It asks to be tried again in a moment.'],

  // What the playground's own backend has to say.
  issuer_unreachable: [
    'The backend cannot reach the server',
    'The page’s own server asked the issuer and got no answer it could use. Is the issuer running?',
  ],
  not_offered: [
    'The server does not offer this',
    'Its metadata names no such endpoint: the grant is switched off here.',
  ],
  foreign_origin: ['The backend answers its own page alone', 'Open the playground at the address it was made for.'],
};

/** Codes after which the same may work a moment later. */
const PASSING = ['server_error', 'temporarily_unavailable', 'issuer_unreachable', 'too_many_requests'];

/** @type {Record<string, Words>} */
const LIBRARY = {
  OAUTH_INVALID_RESPONSE: [
    'The answer does not fit the request',
    'A check on what came back failed, so it is not used. It may belong to another request or come from another server.',
  ],
  OAUTH_RESPONSE_IS_NOT_CONFORM: [
    'The server answered with something unexpected',
    'This is not the reply the specification describes. Is the issuer right, and does that environment exist?',
  ],
  OAUTH_RESPONSE_IS_NOT_JSON: [
    'The server did not answer in JSON',
    'Perhaps something between this page and the server answered in its place.',
  ],
  OAUTH_PARSE_ERROR: ['The reply could not be read', 'The server’s answer is not well-formed.'],
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: [
    'A token’s times do not fit',
    'It has expired or is not yet valid. Does this computer’s clock agree with the server’s?',
  ],
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: [
    'A token is not meant for this sign-in',
    'A claim differs from what was asked for: the issuer, the audience or the nonce.',
  ],
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: [
    'The reply names something else',
    'Its issuer or subject is not the expected one.',
  ],
  OAUTH_KEY_SELECTION_FAILED: [
    'No key fits the signature',
    'The server’s JWKS has no key that could have signed this token.',
  ],
  OAUTH_MISSING_SERVER_METADATA: [
    'The server’s metadata is incomplete',
    'An endpoint that is needed here is not named in it.',
  ],
  OAUTH_INVALID_SERVER_METADATA: ['The server’s metadata is not valid', 'An endpoint named in it cannot be used.'],
  OAUTH_REQUEST_PROTOCOL_FORBIDDEN: [
    'The server is not reached by https',
    'Plain http is accepted only when the issuer itself is http.',
  ],
};

/**
 * @param {any} error
 * @param {string} [server] who was asked
 * @param {Record<string, Words>} [own] what a code means in this flow
 * @returns {Explanation}
 */
export function explain(error, server, own = {}) {
  const detail = [error.error_description, error.message].find(Boolean);

  if (error.name === 'TimeoutError') {
    return {
      code: 'timeout',
      title: 'The server did not answer in time',
      text: `${where(server)} took too long.`,
      retry: true,
    };
  }
  // What `fetch` throws. The library's own TypeErrors carry a code.
  if (error instanceof TypeError && !('code' in error)) {
    return {
      code: 'network',
      title: 'The server cannot be reached',
      text: `${where(server)} did not answer. ${guess(server)}`,
      detail,
      retry: true,
    };
  }
  const challenge = error.cause?.[0]?.parameters;
  const code = error.error ?? challenge?.error;
  if (code) {
    const [title, text] = own[code] ??
      PROTOCOL[code] ?? ['The server answered with an error', 'What it said is below.'];
    const retry = error.name !== 'AuthorizationResponseError' && PASSING.includes(code);
    return { code, title, text, detail: error.error_description ?? challenge?.error_description, retry };
  }
  const words = LIBRARY[error.code];
  if (words) {
    const status = error.cause?.status;
    const [title, text] = status >= 500 ? SERVER_PROBLEM : words;
    return {
      code: error.code,
      title,
      text,
      detail: status ? `${detail} (HTTP ${status})` : detail,
      retry: status >= 500 || status === 404,
    };
  }
  return {
    code: 'unexpected',
    title: 'That did not work',
    text: 'Something happened that this page was not made for.',
    detail,
    retry: true,
  };
}

/** @type {(server?: string) => string} */
const where = (server) => server ?? 'The server';

/** @type {(server?: string) => string} */
function guess(server) {
  const elsewhere = server && new URL(server).origin !== location.origin;
  return elsewhere
    ? `Is it running? It must also allow requests from ${location.origin} (CORS).`
    : 'Is it running? It may be starting again.';
}
