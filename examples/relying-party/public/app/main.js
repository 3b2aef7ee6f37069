/** Opens the playground: one tab for each grant. Each has a folder that lists its steps and runs them; see flows.js. */
import { FLOWS, SIGN_IN } from './flows.js';
import { takeRedirectAnswer, takeSignIn } from './pending.js';
import { loadConfig } from './server.js';
import { showTab, tabAddress } from './ui/tabs.js';
import { untilStopped } from './ui/timeline.js';

// From the module's own address, so the playground works under any path.
const base = new URL('../', import.meta.url);
const redirectUri = new URL('callback', base);

const returning = location.pathname === redirectUri.pathname;
// Before anything else happens: the code leaves the address bar even if all else fails.
const answer = returning ? takeRedirectAnswer() : undefined;
const signIn = answer && takeSignIn();

const wanted = returning ? signIn?.flow : new URLSearchParams(location.search).get('flow');
const flow = FLOWS.find(({ id }) => id === wanted) ?? SIGN_IN;
showTab(FLOWS, flow, base);

const { open } = await flow.load();
await untilStopped(() =>
  open({
    base,
    here: tabAddress(flow, base),
    redirectUri,
    config: () => loadConfig(base),
    ...(returning && { returned: { answer, signIn } }),
  }),
);
