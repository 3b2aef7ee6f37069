/** The steps of this flow, in their order. The ids are stable hooks for tests. */
export const STEPS = {
  start: {
    id: 'step-start',
    title: 'Ask for a code',
    lead: 'The device says who it is and what it wants, and gets a code for you and another one for itself.',
  },
  wait: {
    id: 'step-wait',
    title: 'Your turn, on another screen',
    lead: 'You open the address, sign in, enter the code and decide. Meanwhile the device asks again and again.',
  },
  tokens: {
    id: 'step-tokens',
    title: 'The tokens',
    lead: 'The reply to the last question: tokens, as after any other sign-in.',
  },
  userinfo: {
    id: 'step-userinfo',
    title: 'Who you are',
    lead: 'With the access token the device asks the userinfo endpoint about you.',
  },
  refresh: {
    id: 'step-refresh',
    title: 'A refresh',
    lead: 'With a refresh token the device stays signed in. The token gets new ones, and is itself replaced.',
  },
};
