/** The steps of this flow, in their order. The ids are stable hooks for tests. */
export const STEPS = {
  request: {
    id: 'step-request',
    title: 'The request',
    lead: 'The client makes up three random values, writes down what it wants, and sends you to the server.',
  },
  redirect: {
    id: 'step-redirect',
    title: 'The way back',
    lead: 'The server sends you back with its answer. The client checks that the answer is meant for it.',
  },
  tokens: {
    id: 'step-tokens',
    title: 'The tokens',
    lead: 'The client redeems the code, proving with the code verifier that the code is its own.',
  },
  userinfo: {
    id: 'step-userinfo',
    title: 'Who you are',
    lead: 'With the access token the client asks the userinfo endpoint about you.',
  },
  refresh: {
    id: 'step-refresh',
    title: 'A refresh',
    lead: 'Access tokens are short-lived. The refresh token gets new ones without asking you again, and is itself replaced.',
  },
};
