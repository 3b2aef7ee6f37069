/** The playground's old application: which step follows which. The protocol is in protocol.js, the looks in views.js. */

import { backendAt } from '../backend.js';
import { backendFact, isSecure, openFlow } from '../flow.js';
import { record } from '../record.js';
import { idTokenClaims } from '../tokens.js';
import { untilStopped } from '../ui/timeline.js';
import { tokens as tokenViews } from '../ui/tokens.js';
import { askWhoItIs } from '../with-tokens.js';
import * as protocol from './protocol.js';
import { STEPS } from './steps.js';
import * as views from './views.js';

const SCOPE = 'openid profile email';

/** @type {(context: import('../flows.js').Context) => Promise<void>} */
export async function open(context) {
  if (!isSecure()) return;
  const { steps, connect, begun } = openFlow(context, STEPS, {
    client: ({ clients }) => clients.password ?? '',
    facts: () => [backendFact(context.base)],
    words: {
      invalid_grant: [
        'That was not it',
        'The username or the password is wrong. After a few tries the server wants a rest.',
      ],
    },
  });
  const { server } = await steps.tokens.attempt(connect);
  const backend = backendAt(context.base);

  /** @type {(entered: protocol.Entered) => Promise<void>} */
  const signIn = async (entered) => {
    const { watch, shown } = record();
    const tokens = await steps.tokens.attempt(() => protocol.tokensForPassword(server, backend, entered, watch), shown);
    steps.tokens.controls.replaceChildren();
    steps.tokens.show('done', ...shown(), ...(await tokenViews(server, tokens)));
    begun();
    await askWhoItIs(steps.userinfo, server, tokens, idTokenClaims(tokens)?.sub);
  };
  steps.tokens.controls.append(views.passwordForm(SCOPE, (entered) => untilStopped(() => signIn(entered))));
  steps.tokens.show('idle');
}
