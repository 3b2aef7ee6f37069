/** Tokens opened up, each with what was verified about it. */

import { verifyAccessToken } from '../tokens.js';
import { folded } from './code.js';
import { h } from './dom.js';
import { decodeJwt, tokenCard } from './jwt.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../tokens.js').Tokens} Tokens
 */

/** @type {(server: Server, tokens: Tokens, idToken?: 'expected' | 'none') => Promise<Node[]>} */
export async function tokens(server, { access_token, id_token }, idToken = 'expected') {
  const access = await accessToken(server, access_token);
  if (id_token) return [access, idTokenCard(id_token)];
  return idToken === 'none' ? [access] : [access, skipped('No ID token: it comes with the scope openid.')];
}

/** @type {(server: Server, token: string) => Promise<HTMLElement>} */
export async function accessToken(server, token) {
  return tokenCard(
    'access-token',
    'Access token',
    'For the API. A client hands it on and need not look inside; it is opened here to be seen.',
    token,
    await checkAccessToken(server, token),
  );
}

/** @param {string} idToken one that has passed; steps before this one stop at any other */
export function idTokenCard(/** @type {string} */ idToken) {
  return tokenCard(
    'id-token',
    'ID token',
    'For the client. It says who signed in, and that they did so for this client.',
    idToken,
    {
      verified: true,
      text: `Signed by a key from the issuer’s JWKS (${keyOf(idToken)}). Issuer, audience, times and, at sign-in, the nonce were checked.`,
    },
  );
}

/** @type {(server: Server, fresh: Tokens) => Promise<Node>} */
export async function freshTokens(server, fresh) {
  return folded('The new tokens, opened', ...(await tokens(server, fresh)));
}

/** @type {(text: string) => HTMLElement} */
export function skipped(text) {
  return h('p', { class: 'skipped' }, text);
}

/** @type {(server: Server, accessToken: string) => Promise<import('./jwt.js').Verification>} */
async function checkAccessToken(server, accessToken) {
  const decoded = decodeJwt(accessToken);
  if (!decoded)
    return {
      verified: false,
      text: 'This token is not a JWT. Only the server can say what it means, by introspection.',
    };
  const [audience] = [decoded.claims.aud].flat();
  try {
    await verifyAccessToken(server, accessToken, String(audience));
    return {
      verified: true,
      text: `Signed by a key from the issuer’s JWKS (${keyOf(accessToken)}), and a proper JWT access token by RFC 9068. An API would also insist that the audience is its own.`,
    };
  } catch (error) {
    return { verified: false, text: `An API would refuse it: ${error instanceof Error ? error.message : error}.` };
  }
}

/** @type {(token: string) => string} */
function keyOf(token) {
  const header = decodeJwt(token)?.header ?? {};
  return [header.alg, header.kid && `key ${header.kid}`].filter(Boolean).join(', ');
}
