/** The tabs, in their order. A tab's code is loaded when it is opened. */

/**
 * @typedef {object} Flow
 * @property {string} id in the address, `?flow=device`
 * @property {string} tab
 * @property {string} title
 * @property {string} lede
 * @property {() => Promise<{ open: (context: Context) => Promise<void> }>} load
 */

/**
 * @typedef {object} Context what a tab is opened with
 * @property {URL} base where the playground is
 * @property {URL} here where the tab is, to start again
 * @property {URL} redirectUri
 * @property {() => Promise<import('./server.js').Config>} config
 * @property {{ answer: import('./pending.js').RedirectAnswer | undefined, signIn: import('./pending.js').PendingSignIn | undefined }} [returned]
 *   when the person comes back from the authorization server
 */

/** @type {Flow} */
export const SIGN_IN = {
  id: 'sign-in',
  tab: 'Sign-in',
  title: 'A sign-in, step by step',
  lede: 'This page is an ordinary client. It signs you in with an authorization code and PKCE, and shows what goes over the wire on the way.',
  load: () => import('./authorization-code/index.js'),
};

/** @type {readonly Flow[]} */
export const FLOWS = [
  SIGN_IN,
  {
    id: 'device',
    tab: 'Device',
    title: 'A device without a keyboard',
    lede: 'This page is a television. It shows a code, you sign in on another screen, and it waits until you have.',
    load: () => import('./device/index.js'),
  },
  {
    id: 'ciba',
    tab: 'CIBA',
    title: 'Ask somebody on their phone',
    lede: 'This page is a call centre. It asks for your consent where you are signed in, and never sees your password.',
    load: () => import('./ciba/index.js'),
  },
  {
    id: 'machine',
    tab: 'Machine',
    title: 'A service asks for itself',
    lede: 'No person takes part: a service proves who it is, gets a token, uses it at an API, and gives it back.',
    load: () => import('./machine/index.js'),
  },
  {
    id: 'exchange',
    tab: 'Token exchange',
    title: 'A token for a token',
    lede: 'A gateway was called with your token, and exchanges it for one with less that says who acts for you.',
    load: () => import('./token-exchange/index.js'),
  },
  {
    id: 'service-token',
    tab: 'Service token',
    title: 'A machine with an account',
    lede: 'A service account has one long-lived JWT. Whoever holds it gets access tokens with it, and needs nothing else.',
    load: () => import('./service-token/index.js'),
  },
  {
    id: 'password',
    tab: 'Password',
    title: 'The old way',
    lede: 'The application asks for your password itself. It is here to be seen, and switched off anywhere but in a demo.',
    load: () => import('./password/index.js'),
  },
];
