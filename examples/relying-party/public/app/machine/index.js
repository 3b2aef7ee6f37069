/** The playground's service: which step follows which. The protocol is in protocol.js, the looks in views.js. */

import { backendAt } from '../backend.js';
import { backendFact, isSecure, openFlow } from '../flow.js';
import { isActive, offerIntrospection, told } from '../introspect.js';
import { record } from '../record.js';
import { actionButton } from '../ui/introspection.js';
import { untilStopped } from '../ui/timeline.js';
import { tokens as tokenViews } from '../ui/tokens.js';
import * as protocol from './protocol.js';
import { STEPS } from './steps.js';
import * as views from './views.js';

/**
 * @typedef {ReturnType<typeof openFlow<keyof typeof STEPS>>} Flow
 * @typedef {{ server: protocol.Server, backend: protocol.Backend, asked: import('../introspect.js').Asked }} Held a token and who asks about it
 */

/** @type {(context: import('../flows.js').Context) => Promise<void>} */
export async function open(context) {
  if (!isSecure()) return;
  const { steps, connect } = openFlow(context, STEPS, {
    client: ({ clients }) => clients.machine ?? '',
    facts: () => [backendFact(context.base)],
  });
  const { config, server } = await steps.token.attempt(connect);
  const backend = backendAt(context.base);

  /** @type {(settings: { api: views.Api, scope: string }) => Promise<void>} */
  const getToken = async ({ api, scope }) => {
    const { watch, shown } = record();
    const tokens = await steps.token.attempt(() => protocol.tokenOfItsOwn(server, backend, scope, watch), shown);
    steps.token.show('done', ...shown(), ...(await tokenViews(server, tokens, 'none')));
    const asked = { role: api, id: config.clients[api] ?? api, token: tokens.access_token };
    // What an earlier token was worth is not what this one is.
    steps.introspect.clear();
    steps.revoke.clear();
    offerIntrospection(steps.introspect, server, backend, asked);
    offerRevocation(steps.revoke, { server, backend, asked });
  };
  steps.token.controls.append(views.tokenForm((settings) => untilStopped(() => getToken(settings))));
  steps.token.show('idle');
}

/** @type {(step: import('../ui/timeline.js').Step, held: Held) => void} */
function offerRevocation(step, { server, backend, asked }) {
  const once = async () => {
    const [gone, after] = [record('What the service sent'), record('What the API sent afterwards')];
    const shown = () => [...gone.shown(), ...after.shown()];
    const active = await step.attempt(async () => {
      await protocol.giveBack(backend, asked.token, gone.watch);
      return isActive(server, backend, asked, after.watch);
    }, shown);
    step.show('done', ...gone.shown(), told(active, asked.id), ...after.shown());
  };
  step.controls.replaceChildren(actionButton('revoke', 'Revoke the token', () => void untilStopped(once)));
  step.show('idle');
}
