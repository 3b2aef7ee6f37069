/** What the steps of this flow show. Nothing here talks to the server. */

import { codeBlock, folded } from '../ui/code.js';
import { h } from '../ui/dom.js';
import { exchange } from '../ui/exchange.js';
import { notice } from '../ui/message.js';
import { checkList, parameterList } from '../ui/parameters.js';
import { idTokenCard } from '../ui/tokens.js';

/**
 * @typedef {import('../server.js').Server} Server
 * @typedef {import('../pending.js').RedirectAnswer} RedirectAnswer
 * @typedef {import('../pending.js').PendingSignIn} PendingSignIn
 * @typedef {{ verdict: import('../ui/parameters.js').Verdict, text: string }} Check
 */

/** Step 1 before it is sent: follows the form. */
export function requestPreview() {
  const element = h('div', { class: 'stack' });
  return {
    element,
    /** @type {(request: { url: URL, signIn: Pick<PendingSignIn, 'parameters' | 'codeVerifier' | 'responseType'> }, push: boolean) => void} */
    show: ({ url, signIn }, push) =>
      element.replaceChildren(
        h('h3', {}, push ? 'What will be pushed, and then only referred to' : 'What will be sent'),
        parameterList(signIn.parameters),
        ...(withCode(signIn)
          ? [h('h3', {}, 'What stays in this tab'), parameterList([['code_verifier', signIn.codeVerifier]])]
          : []),
        ...(push ? [] : [folded('The whole address', codeBlock('Authorization request', url.href, url.href))]),
      ),
  };
}

/** @type {(signIn: PendingSignIn) => Node[]} */
export function requestSent(signIn) {
  const stayed = withCode(signIn)
    ? [folded('What stayed in this tab', parameterList([['code_verifier', signIn.codeVerifier]]))]
    : [];
  if (!signIn.pushed) return [folded('What was sent', parameterList(signIn.parameters)), ...stayed];
  return [
    h('p', {}, 'The request was pushed. The browser carried nothing but the client’s name and the request_uri.'),
    ...exchange(signIn.pushed, 'What was pushed'),
    ...stayed,
  ];
}

/** @type {(signIn: Pick<PendingSignIn, 'responseType'>) => boolean} */
const withCode = ({ responseType }) => responseType.split(' ').includes('code');

/** @type {(answer: RedirectAnswer, signIn: PendingSignIn, server?: Server) => Node[]} */
export function redirectAnswer({ place, parameters }, signIn, server) {
  const where = place === 'query' ? 'in the query, after the ?' : 'in the fragment, after the #';
  return [
    h('p', {}, `The answer came ${where} of the redirect URI. It was read and taken out of the address bar at once.`),
    parameterList(parameters),
    server && checkList([stateCheck(parameters, signIn), issuerCheck(parameters, server)]),
  ].filter((node) => node instanceof Node);
}

/** The ID token that came with the answer, after it has passed. @type {(answer: RedirectAnswer) => Node[]} */
export function frontIdToken({ parameters }) {
  const idToken = parameters.get('id_token');
  return idToken ? [idTokenCard(idToken)] : [];
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
