/** The playground's authorization code flow: which step follows which. The protocol is in protocol.js, the looks in views.js. */

import { isSecure, openFlow } from '../flow.js';
import { keepSignIn } from '../pending.js';
import { record } from '../record.js';
import { forClient } from '../server.js';
import { idTokenClaims } from '../tokens.js';
import { byId } from '../ui/dom.js';
import { untilStopped } from '../ui/timeline.js';
import { skipped, tokens as tokenViews } from '../ui/tokens.js';
import { askWhoItIs, offerRefresh } from '../with-tokens.js';
import { checkFrontAnswer } from './front-channel.js';
import * as protocol from './protocol.js';
import { signInForm } from './settings.js';
import { STEPS } from './steps.js';
import * as views from './views.js';

/**
 * @typedef {import('../flows.js').Context} Context
 * @typedef {import('../pending.js').RedirectAnswer} RedirectAnswer
 * @typedef {import('../pending.js').PendingSignIn} PendingSignIn
 * @typedef {ReturnType<typeof openFlow<keyof typeof STEPS>>} Flow
 */

const FLOW = 'sign-in';

/** @type {(context: Context) => Promise<void>} */
export async function open(context) {
  const { answer, signIn } = context.returned ?? {};
  const flow = openFlow(context, STEPS, {
    client: (config) => signIn?.clientId ?? config.clientId,
    facts: () => [['Redirect URI', context.redirectUri.href]],
  });
  if (answer && signIn) return carryOn(flow, answer, signIn);
  if (!context.returned) return begin(flow, context.redirectUri);

  const message = views.nothingToContinue(Boolean(answer), context.base);
  byId('notice').replaceChildren(message);
  message.focus();
}

/**
 * Step 1, then the browser leaves.
 *
 * @type {(flow: Flow, redirectUri: URL) => Promise<void>}
 */
async function begin({ steps, connect }, redirectUri) {
  if (!isSecure()) return;
  const { config, server, secrets } = await steps.request.attempt(async () => ({
    ...(await connect()),
    secrets: await protocol.createSecrets(),
  }));

  /** @type {(settings: import('./settings.js').Settings) => ReturnType<typeof protocol.authorizationRequest>} */
  const request = (settings) => {
    // Answers with tokens in them are for a client of their own: they are off unless one needs them.
    const asking = settings.responseType === 'code' ? server : forClient(server, config.clients.front ?? '');
    return protocol.authorizationRequest(asking, redirectUri.href, secrets, settings);
  };
  const preview = views.requestPreview();
  /** @type {(settings: import('./settings.js').Settings) => Promise<void>} */
  const leave = async (settings) => {
    const { url, signIn } = request(settings);
    if (!settings.push) {
      keepSignIn({ flow: FLOW, ...signIn });
      return location.assign(url);
    }
    const { watch, last } = record();
    const short = await protocol.pushRequest(forClient(server, signIn.clientId), signIn.parameters, watch);
    const pushed = last();
    keepSignIn({ flow: FLOW, ...signIn, ...(pushed && { pushed }) });
    location.assign(short);
  };
  const { response_types_supported: types, pushed_authorization_request_endpoint: push } = server.as;
  const offers = {
    scope: config.scope,
    resourceNote: config.resourceNote,
    responseTypes: ['code', 'code id_token', 'id_token'].filter((type) => type === 'code' || types?.includes(type)),
    push: push !== undefined,
  };
  const form = signInForm(offers, {
    onchange: (settings) => preview.show(request(settings), settings.push),
    onstart: (settings) =>
      untilStopped(() =>
        steps.request.attempt(
          () => leave(settings),
          () => [preview.element],
        ),
      ),
  });
  steps.request.controls.append(form);
  steps.request.show('idle', preview.element);

  // "Back" may bring this page again as it was left, in progress.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

/**
 * The person is back: steps 2 to 5.
 *
 * @type {(flow: Flow, answer: RedirectAnswer, signIn: PendingSignIn) => Promise<void>}
 */
async function carryOn({ steps, connect, begun }, answer, signIn) {
  begun();
  steps.request.show('done', ...views.requestSent(signIn));

  /** @type {protocol.Server | undefined} */
  let known;
  const redirect = () => views.redirectAnswer(answer, signIn, known);
  const { server, callback } = await steps.redirect.attempt(async () => {
    known ??= (await connect()).server;
    const check = signIn.responseType === 'code' ? protocol.checkRedirectAnswer : checkFrontAnswer;
    return { server: known, callback: await check(known, answer, signIn) };
  }, redirect);
  steps.redirect.show('done', ...redirect(), ...views.frontIdToken(answer));

  if (!signIn.responseType.split(' ').includes('code')) {
    steps.tokens.show('idle', skipped('Nothing to redeem: there was no code, and the ID token is here already.'));
    steps.userinfo.show('idle', skipped('Left out: without an access token there is nobody to ask.'));
    steps.refresh.show('idle', skipped('Left out: refresh tokens never come through the browser.'));
    return;
  }

  const { watch, shown, unanswered } = record();
  // A code that was redeemed must not be sent again: that is a replay, and takes back what it yielded (RFC 6749 §4.1.2).
  const tokens = await steps.tokens.attempt(
    () => protocol.redeemCode(server, callback, signIn, watch),
    shown,
    unanswered,
  );
  steps.tokens.show('done', ...shown(), ...(await tokenViews(server, tokens)));

  const subject = idTokenClaims(tokens)?.sub;
  offerRefresh(steps.refresh, server, tokens, subject);
  await askWhoItIs(steps.userinfo, server, tokens, subject);
}
