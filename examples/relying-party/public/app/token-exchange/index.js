/** The playground's gateway: which step follows which. The protocol is in protocol.js, the looks in views.js. */

import * as signIn from '../authorization-code/protocol.js';
import { backendAt } from '../backend.js';
import { backendFact, isSecure, openFlow } from '../flow.js';
import { keepSignIn } from '../pending.js';
import { record } from '../record.js';
import { forClient } from '../server.js';
import { untilStopped } from '../ui/timeline.js';
import { accessToken, tokens as tokenViews } from '../ui/tokens.js';
import * as protocol from './protocol.js';
import { STEPS } from './steps.js';
import * as views from './views.js';

/** @typedef {ReturnType<typeof openFlow<keyof typeof STEPS>>} Flow */

const FLOW = 'exchange';
const SIGN_IN_SCOPE = 'openid profile orders:read orders:write';

/** @type {(context: import('../flows.js').Context) => Promise<void>} */
export async function open(context) {
  if (!isSecure()) return;
  const flow = openFlow(context, STEPS, {
    client: ({ clients }) => clients.exchange ?? '',
    facts: () => [backendFact(context.base)],
    words: {
      invalid_request: [
        'The exchange was refused',
        'A token has expired or was revoked, or its client does not let the gateway exchange it. What the server said is below.',
      ],
    },
  });
  const { steps, connect } = flow;
  const { answer, signIn: pending } = context.returned ?? {};
  const { config, server } = await steps.subject.attempt(connect);
  const person = forClient(server, config.clientId);
  /** @type {(token: string) => Promise<void>} */
  const use = (token) => carryOn(flow, server, backendAt(context.base), token);

  if (answer && pending) {
    const { watch, shown, unanswered } = record();
    const tokens = await steps.subject.attempt(
      () => signIn.redeemCode(person, signIn.checkRedirectAnswer(person, answer, pending), pending, watch),
      shown,
      unanswered,
    );
    return use(tokens.access_token);
  }
  const leave = async () => {
    const secrets = await signIn.createSecrets();
    const asked = signIn.authorizationRequest(person, context.redirectUri.href, secrets, { scope: SIGN_IN_SCOPE });
    keepSignIn({ flow: FLOW, ...asked.signIn });
    location.assign(asked.url);
  };
  steps.subject.controls.append(
    views.subjectForm(
      () => void untilStopped(() => steps.subject.attempt(leave)),
      ({ token }) => untilStopped(() => use(token)),
    ),
  );
  steps.subject.show('idle');
}

/** @type {(flow: Flow, server: protocol.Server, backend: protocol.Backend, subject: string) => Promise<void>} */
async function carryOn({ steps, begun }, server, backend, subject) {
  steps.subject.controls.replaceChildren();
  steps.subject.show('done', await accessToken(server, subject));
  begun();

  /** @type {(wanted: views.Wanted) => Promise<void>} */
  const exchange = async ({ acts, scope }) => {
    steps.result.clear();
    const [own, exchanged] = [
      record('What the gateway sent for a token of its own'),
      record('What the gateway sent to exchange'),
    ];
    const shown = () => [...own.shown(), ...exchanged.shown()];
    const tokens = await steps.exchange.attempt(async () => {
      const actor = acts ? await protocol.actorToken(server, backend, scope, own.watch) : undefined;
      return protocol.exchangeToken(server, backend, { subject, actor, scope }, exchanged.watch);
    }, shown);
    steps.exchange.show('done', ...shown());
    const opened = await tokenViews(server, tokens, 'none');
    steps.result.show('done', ...views.comparison(subject, tokens.access_token), ...opened);
  };
  steps.exchange.controls.append(views.exchangeForm((wanted) => untilStopped(() => exchange(wanted))));
  steps.exchange.show('idle');
}
