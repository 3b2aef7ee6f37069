/** The playground's machine with an account: which step follows which. The protocol is in protocol.js, the looks in views.js. */

import { backendAt } from '../backend.js';
import { isSecure, openFlow } from '../flow.js';
import { offerIntrospection } from '../introspect.js';
import { record } from '../record.js';
import { untilStopped } from '../ui/timeline.js';
import { tokens as tokenViews } from '../ui/tokens.js';
import * as protocol from './protocol.js';
import { STEPS } from './steps.js';
import * as views from './views.js';

/** @type {(context: import('../flows.js').Context) => Promise<void>} */
export async function open(context) {
  if (!isSecure()) return;
  const { steps, connect } = openFlow(context, STEPS, {
    // The JWT says whose it is.
    client: () => 'none',
    words: {
      invalid_grant: [
        'The JWT is not good',
        'It is not one of this environment’s, or was replaced by a newer one, or its account is switched off.',
      ],
    },
  });
  const { config, server } = await steps.token.attempt(connect);

  /** @type {(settings: { jwt: string, scope: string }) => Promise<void>} */
  const getToken = async ({ jwt, scope }) => {
    const { watch, shown } = record();
    const tokens = await steps.token.attempt(() => protocol.tokenForJwt(server, jwt, scope, watch), shown);
    steps.token.show('done', ...shown(), ...(await tokenViews(server, tokens, 'none')));
    const asked = /** @type {const} */ ({ role: 'orders', id: config.clients.orders ?? 'orders' });
    steps.introspect.clear();
    offerIntrospection(steps.introspect, server, backendAt(context.base), { ...asked, token: tokens.access_token });
  };
  steps.token.controls.append(views.jwtForm((settings) => untilStopped(() => getToken(settings))));
  steps.token.show('idle');
}
