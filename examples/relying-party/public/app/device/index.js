/** The playground's device: which step follows which. The protocol is in protocol.js, the looks in views.js. */

import { isSecure, openFlow } from '../flow.js';
import { record } from '../record.js';
import { idTokenClaims } from '../tokens.js';
import { untilStopped } from '../ui/timeline.js';
import { tokens as tokenViews } from '../ui/tokens.js';
import { waitInStep } from '../waiting-step.js';
import { askWhoItIs, offerRefresh } from '../with-tokens.js';
import * as protocol from './protocol.js';
import { STEPS } from './steps.js';
import * as views from './views.js';

/** @typedef {ReturnType<typeof openFlow<keyof typeof STEPS>>} Flow */

/** @type {(context: import('../flows.js').Context) => Promise<void>} */
export async function open(context) {
  if (!isSecure()) return;
  const flow = openFlow(context, STEPS, { client: ({ clients }) => clients.device ?? '' });
  const { steps, connect } = flow;
  const { config, server } = await steps.start.attempt(connect);
  const form = views.startForm(config.scope, (scope) => untilStopped(() => run(flow, server, scope)));
  steps.start.controls.append(form);
  // Cleared of "in progress".
  steps.start.show('idle');
}

/** @type {(flow: Flow, server: protocol.Server, scope: string) => Promise<void>} */
async function run({ steps, begun }, server, scope) {
  const asked = record();
  const started = await steps.start.attempt(() => protocol.askForCode(server, scope, asked.watch), asked.shown);
  steps.start.controls.replaceChildren();
  steps.start.show('done', ...asked.shown());
  begun();

  const seen = record();
  const waited = waitInStep(steps.wait, started.reply, {
    text: 'Waiting until you have decided.',
    approved: 'You allowed it.',
    above: [views.codeToEnter(started.reply)],
    seen,
    wait: (onwait) => protocol.waitForPerson(server, started, seen.watch, onwait),
  });
  steps.wait.section.focus({ preventScroll: true });
  steps.wait.section.scrollIntoView({ block: 'nearest' });
  const tokens = await waited;
  steps.tokens.show('done', ...seen.shown(), ...(await tokenViews(server, tokens)));

  const subject = idTokenClaims(tokens)?.sub;
  offerRefresh(steps.refresh, server, tokens, subject);
  await askWhoItIs(steps.userinfo, server, tokens, subject);
}
