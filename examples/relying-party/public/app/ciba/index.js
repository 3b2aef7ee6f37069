/** The playground's call centre: which step follows which. The protocol is in protocol.js, the looks in views.js. */

import { backendAt } from '../backend.js';
import { backendFact, isSecure, openFlow } from '../flow.js';
import { record } from '../record.js';
import { idTokenClaims } from '../tokens.js';
import { untilStopped } from '../ui/timeline.js';
import { tokens as tokenViews } from '../ui/tokens.js';
import { waitInStep } from '../waiting-step.js';
import { askWhoItIs } from '../with-tokens.js';
import * as protocol from './protocol.js';
import { STEPS } from './steps.js';
import * as views from './views.js';

/** What a call centre needs to know, and no more. */
const SCOPE = 'openid profile email';

/** @typedef {ReturnType<typeof openFlow<keyof typeof STEPS>>} Flow */

/** @type {(context: import('../flows.js').Context) => Promise<void>} */
export async function open(context) {
  if (!isSecure()) return;
  const flow = openFlow(context, STEPS, {
    client: ({ clients }) => clients.ciba ?? '',
    facts: () => [backendFact(context.base)],
  });
  const { steps, connect } = flow;
  const { server } = await steps.start.attempt(connect);
  const backend = backendAt(context.base);
  steps.start.controls.append(
    views.questionForm(SCOPE, (question) => untilStopped(() => run(flow, server, backend, question))),
  );
  steps.start.show('idle');
}

/** @type {(flow: Flow, server: protocol.Server, backend: protocol.Backend, question: protocol.Question) => Promise<void>} */
async function run({ steps, begun }, server, backend, question) {
  const first = record();
  const asked = await steps.start.attempt(() => protocol.ask(server, backend, question, first.watch), first.shown);
  steps.start.controls.replaceChildren();
  steps.start.show('done', ...first.shown());
  begun();

  const seen = record();
  // Where people approve is no part of CIBA: this is Grantway's page, beside the issuer.
  const approvals = new URL('approvals', server.as.issuer);
  const waited = waitInStep(steps.wait, asked, {
    text: `Waiting for ${question.login_hint} to decide.`,
    approved: `${question.login_hint} allowed it.`,
    above: [views.onTheirPhone(asked, question, approvals)],
    seen,
    wait: (onwait) => protocol.waitForApproval(server, backend, asked, seen.watch, onwait),
  });
  steps.wait.section.focus({ preventScroll: true });
  steps.wait.section.scrollIntoView({ block: 'nearest' });
  const tokens = await waited;
  steps.tokens.show('done', ...seen.shown(), ...(await tokenViews(server, tokens)));
  await askWhoItIs(steps.userinfo, server, tokens, idTokenClaims(tokens)?.sub);
}
