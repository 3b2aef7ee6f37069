/** What each step shows. Nothing here talks to the server, save the check of an access token's signature. */

import { codeBlock, folded, jsonBlock } from '../ui/code.js';
import { byId, h } from '../ui/dom.js';
import { decodeJwt, tokenCard } from '../ui/jwt.js';
import { notice } from '../ui/message.js';
import { badge, checkList, codeValue, definitionList, parameterList } from '../ui/parameters.js';
import { verifyAccessToken } from './protocol.js';

/**
 * @typedef {import('./protocol.js').Server} Server
 * @typedef {import('./protocol.js').Tokens} Tokens
 * @typedef {import('./protocol.js').RedirectAnswer} RedirectAnswer
 * @typedef {import('../pending.js').PendingSignIn} PendingSignIn
 * @typedef {import('../server.js').Exchange} Exchange
 */

/** @type {(config: import('../server.js').Config, redirectUri: URL) => void} */
export function showFacts({ issuer, clientId }, redirectUri) {
  /** @type {(term: string, text: string) => HTMLElement} */
  const fact = (term, text) => h('div', {}, h('dt', {}, term), h('dd', {}, h('code', {}, text)));
  byId('facts').replaceChildren(
    fact('Issuer', issuer),
    fact('Client', clientId),
    fact('Redirect URI', redirectUri.href),
  );
}

/** Step 1 before it is sent: follows the form. */
export function requestPreview() {
  const element = h('div', { class: 'stack' });
  return {
    element,
    show: (/** @type {{ url: URL, signIn: PendingSignIn }} */ { url, signIn }) =>
      element.replaceChildren(
        h('h3', {}, 'What will be sent'),
        parameterList(signIn.parameters),
        h('h3', {}, 'What stays in this tab'),
        parameterList([['code_verifier', signIn.codeVerifier]]),
        folded('The whole address', codeBlock('Authorization request', url.href, url.href)),
      ),
  };
}

/** @type {(signIn: PendingSignIn) => Node[]} */
export function requestSent({ parameters, codeVerifier }) {
  return [
    folded('What was sent', parameterList(parameters)),
    folded('What stayed in this tab', parameterList([['code_verifier', codeVerifier]])),
  ];
}

/** @type {(answer: RedirectAnswer, signIn: PendingSignIn, server?: Server) => Node[]} */
export function redirectAnswer({ place, parameters }, signIn, server) {
  const where = place === 'query' ? 'in the query, after the ?' : 'in the fragment, after the #';
  return [
    h('p', {}, `The answer came ${where} of the redirect URI. It was read and taken out of the address bar at once.`),
    parameterList(parameters),
    server && checkList([stateCheck(parameters, signIn), issuerCheck(parameters, server)]),
  ].filter((node) => node instanceof Node);
}

/** @type {(parameters: URLSearchParams, signIn: PendingSignIn) => Check} */
function stateCheck(parameters, { state }) {
  return parameters.get('state') === state
    ? { verdict: 'passed', text: 'state is the one this tab sent.' }
    : { verdict: 'failed', text: 'state is not the one this tab sent.' };
}

/**
 * RFC 9207 §2.4: where the server promises `iss`, it must be there.
 *
 * @typedef {{ verdict: import('../ui/parameters.js').Verdict, text: string }} Check
 * @type {(parameters: URLSearchParams, server: Server) => Check}
 */
function issuerCheck(parameters, { as }) {
  const iss = parameters.get('iss');
  if (iss === as.issuer) return { verdict: 'passed', text: 'iss is the server that was asked.' };
  if (iss) return { verdict: 'failed', text: `iss is not the server that was asked, ${as.issuer}.` };
  return as.authorization_response_iss_parameter_supported
    ? { verdict: 'failed', text: 'iss is missing, though the server promises it.' }
    : { verdict: 'open', text: 'iss was not sent. This server does not promise it.' };
}

/** @type {(exchange: Exchange) => Node[]} */
export function exchange({ method, url, form, status, body }) {
  return [
    folded(
      'What the client sent',
      h('p', { class: 'request-line' }, h('code', {}, `${method} ${url}`)),
      form.length
        ? parameterList(form)
        : h('p', { class: 'small' }, 'With the access token in the Authorization header.'),
    ),
    jsonBlock(`Reply, HTTP ${status}`, body),
  ];
}

/** @type {(server: Server, tokens: Tokens) => Promise<Node[]>} */
export async function tokens(server, { access_token, id_token }) {
  const access = tokenCard(
    'access-token',
    'Access token',
    'For the API. A client hands it on and need not look inside; it is opened here to be seen.',
    access_token,
    await checkAccessToken(server, access_token),
  );
  if (!id_token) return [access, skipped('No ID token: it comes with the scope openid.')];
  return [
    access,
    tokenCard(
      'id-token',
      'ID token',
      'For the client. It says who signed in, and that they did so for this client.',
      id_token,
      {
        // Steps before this one stop at an ID token that does not pass.
        verified: true,
        text: `Signed by a key from the issuer’s JWKS (${keyOf(id_token)}). Issuer, audience, times and, at sign-in, the nonce were checked.`,
      },
    ),
  ];
}

/** @type {(server: Server, accessToken: string) => Promise<import('../ui/jwt.js').Verification>} */
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

/** @type {(claims: import('oauth4webapi').UserInfoResponse) => Node[]} */
export function person({ sub, name, email, preferred_username }) {
  const title = name ?? preferred_username ?? sub;
  return [
    h(
      'div',
      { class: 'person' },
      h('span', { class: 'initials', 'aria-hidden': 'true' }, initials(title)),
      h('div', {}, h('p', { class: 'person-name' }, title), email && h('p', { class: 'muted' }, email)),
    ),
    checkList([{ verdict: 'passed', text: 'sub is the same as in the ID token.' }]),
  ];
}

/** @type {(name: string) => string} */
function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

/** @type {(onrefresh: () => void) => HTMLButtonElement} */
export function refreshButton(onrefresh) {
  return h(
    'button',
    { type: 'button', class: 'button primary', id: 'refresh', onclick: onrefresh },
    'Refresh the tokens',
  );
}

/** @type {(presented: string, successor: string | undefined) => Node} */
export function rotation(presented, successor) {
  const rotated = successor !== undefined && successor !== presented;
  return h(
    'div',
    { class: 'rotation', 'data-testid': 'rotation', 'data-rotated': String(rotated) },
    h(
      'header',
      {},
      h('h3', {}, 'Refresh token'),
      badge(rotated ? 'passed' : 'open', rotated ? 'Rotated' : 'Not rotated'),
    ),
    rotated
      ? definitionList([
          {
            name: 'old',
            value: differing(presented, successor),
            words: 'Spent. If it turns up again later, the server takes it for stolen and ends the whole sign-in.',
          },
          { name: 'new', value: differing(successor, presented), words: 'Kept instead, for the next time.' },
        ])
      : definitionList([
          { name: 'same', value: codeValue(presented), words: 'The server sent no other one. The old one stays good.' },
        ]),
  );
}

/** @type {(server: Server, fresh: Tokens) => Promise<Node>} */
export async function freshTokens(server, fresh) {
  return folded('The new tokens, opened', ...(await tokens(server, fresh)));
}

/** The token with the part that differs set off. */
function differing(/** @type {string} */ token, /** @type {string} */ other) {
  let same = 0;
  while (same < token.length && token[same] === other[same]) same += 1;
  return h(
    'code',
    { class: 'unbroken' },
    h('span', { class: 'muted' }, token.slice(0, same)),
    h('mark', {}, token.slice(same)),
  );
}

/** @type {(text: string) => HTMLElement} */
export function skipped(text) {
  return h('p', { class: 'skipped' }, text);
}

export function notSecure() {
  return notice(
    'This address is not secure enough',
    h('p', {}, 'Browsers offer cryptography only on https and on localhost. Open the playground there.'),
  );
}

/** @type {(answered: boolean, base: URL) => HTMLElement} */
export function nothingToContinue(answered, base) {
  const again = h('p', { class: 'actions' }, h('a', { class: 'button', href: base.href }, 'Start a sign-in'));
  return answered
    ? notice(
        'This answer belongs to no sign-in of this tab',
        h(
          'p',
          {},
          'It was not used. The sign-in may have begun in another tab, may be finished already, or somebody sent you this address. A client must not go on here: it could sign you in as somebody else.',
        ),
        again,
      )
    : notice(
        'There is nothing to go on with',
        h(
          'p',
          {},
          'People come to this address at the end of a sign-in. Yours is over, or has not begun: tokens are kept in the page alone, and a reload clears it.',
        ),
        again,
      );
}
