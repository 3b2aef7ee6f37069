/** The playground's authorization code flow: which step follows which. The protocol is in protocol.js, the looks in views.js. */

import { forgetSignIn, keepSignIn, takeSignIn } from '../pending.js';
import { discover } from '../server.js';
import { byId } from '../ui/dom.js';
import { createTimeline, untilStopped } from '../ui/timeline.js';
import * as protocol from './protocol.js';
import { settingsForm } from './settings.js';
import { STEPS } from './steps.js';
import * as views from './views.js';

/**
 * @typedef {import('../server.js').Config} Config
 * @typedef {import('../ui/timeline.js').Step} Step
 * @typedef {{ base: URL, config: () => Promise<Config> }} Context
 */

/** @type {(context: Context) => Promise<void>} */
export async function open({ base, config }) {
  const redirectUri = new URL('callback', base);
  const returning = location.pathname === redirectUri.pathname;
  // Before anything else happens: the code leaves the address bar even if all else fails.
  const answer = returning ? protocol.takeRedirectAnswer() : undefined;
  const signIn = answer && takeSignIn();

  /** @type {string | undefined} */
  let issuer;
  const steps = createTimeline(STEPS, { startAgain: base, server: () => issuer });
  offerStartOver(base);

  if (returning && !(answer && signIn)) {
    const message = views.nothingToContinue(Boolean(answer), base);
    byId('notice').replaceChildren(message);
    message.focus();
    return;
  }

  const connect = async () => {
    const loaded = await config();
    issuer = loaded.issuer;
    views.showFacts(loaded, redirectUri);
    return { config: loaded, server: await discover(loaded) };
  };
  if (answer && signIn) await carryOn(steps, connect, answer, signIn);
  else await begin(steps, connect, redirectUri);
}

/** @typedef {ReturnType<typeof createTimeline<keyof typeof STEPS>>} Steps */
/** @typedef {() => Promise<{ config: Config, server: protocol.Server }>} Connect */

/**
 * Step 1, then the browser leaves.
 *
 * @type {(steps: Steps, connect: Connect, redirectUri: URL) => Promise<void>}
 */
async function begin(steps, connect, redirectUri) {
  if (!globalThis.isSecureContext) {
    byId('notice').replaceChildren(views.notSecure());
    return;
  }
  const { config, server, secrets } = await steps.request.attempt(async () => ({
    ...(await connect()),
    secrets: await protocol.createSecrets(),
  }));

  /** @type {(settings: protocol.Settings) => ReturnType<typeof protocol.authorizationRequest>} */
  const request = (settings) => protocol.authorizationRequest(server, redirectUri.href, secrets, settings);
  const preview = views.requestPreview();
  const leave = (/** @type {protocol.Settings} */ settings) => {
    const { url, signIn } = request(settings);
    keepSignIn(signIn);
    location.assign(url);
  };
  const form = settingsForm(config, {
    onchange: (settings) => preview.show(request(settings)),
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
 * @type {(steps: Steps, connect: Connect, answer: protocol.RedirectAnswer, signIn: import('../pending.js').PendingSignIn) => Promise<void>}
 */
async function carryOn(steps, connect, answer, signIn) {
  byId('after').hidden = false;
  steps.request.show('done', ...views.requestSent(signIn));

  /** @type {protocol.Server | undefined} */
  let known;
  const redirect = () => views.redirectAnswer(answer, signIn, known);
  const { server, callback } = await steps.redirect.attempt(async () => {
    known ??= (await connect()).server;
    return { server: known, callback: protocol.checkRedirectAnswer(known, answer, signIn) };
  }, redirect);
  steps.redirect.show('done', ...redirect());

  const { watch, shown, unanswered } = record();
  // A code that was redeemed must not be sent again: that is a replay, and takes back what it yielded (RFC 6749 §4.1.2).
  const tokens = await steps.tokens.attempt(
    () => protocol.redeemCode(server, callback, signIn, watch),
    shown,
    unanswered,
  );
  steps.tokens.show('done', ...shown(), ...(await views.tokens(server, tokens)));

  const subject = protocol.idTokenClaims(tokens)?.sub;
  offerRefresh(steps.refresh, server, tokens, subject);
  await readUserInfo(steps.userinfo, server, tokens, subject);
}

/** @type {(step: Step, server: protocol.Server, tokens: protocol.Tokens, subject: string | undefined) => Promise<void>} */
async function readUserInfo(step, server, tokens, subject) {
  if (subject === undefined) {
    step.show('idle', views.skipped('Left out: without the scope openid the server tells nothing about the person.'));
    return;
  }
  const { watch, shown } = record();
  const claims = await step.attempt(() => protocol.readUserInfo(server, tokens.access_token, subject, watch), shown);
  step.show('done', ...views.person(claims), ...shown());
}

/** @type {(step: Step, server: protocol.Server, tokens: protocol.Tokens, subject: string | undefined) => void} */
function offerRefresh(step, server, tokens, subject) {
  let current = tokens.refresh_token;
  if (!current) {
    step.show('idle', views.skipped('No refresh token came back. Ask for the scope offline_access to get one.'));
    return;
  }

  const refresh = async (/** @type {string} */ presented) => {
    const { watch, shown, unanswered } = record();
    const fresh = await step.attempt(() => protocol.refresh(server, presented, subject, watch), shown, unanswered);
    // RFC 6749 §6: a reply without a refresh token leaves the old one in force.
    current = fresh.refresh_token ?? presented;
    step.show(
      'done',
      views.rotation(presented, fresh.refresh_token),
      ...shown(),
      await views.freshTokens(server, fresh),
    );
  };

  // One at a time: the same refresh token sent twice looks like theft.
  let busy = false;
  const button = views.refreshButton(async () => {
    if (busy || !current) return;
    const presented = current;
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    await untilStopped(() => refresh(presented));
    button.removeAttribute('aria-disabled');
    busy = false;
  });
  step.controls.append(button);
  step.show('idle');
}

/** Remembers the last request and its reply, so that they are on the page also when the reply is refused. */
function record() {
  /** @type {import('../server.js').Exchange | undefined} */
  let last;
  return {
    watch: (/** @type {import('../server.js').Exchange} */ seen) => {
      last = seen;
    },
    shown: () => (last ? views.exchange(last) : []),
    unanswered: () => !last || last.status >= 500,
  };
}

/** @type {(base: URL) => void} */
function offerStartOver(base) {
  byId('reset').addEventListener('click', () => {
    forgetSignIn();
    location.assign(base);
  });
}
