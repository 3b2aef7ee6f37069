/** The steps of this flow, in their order. The ids are stable hooks for tests. */
export const STEPS = {
  tokens: {
    id: 'step-tokens',
    title: 'A password for tokens',
    lead: 'The application hands your password on. It could as well have kept it, and no second factor can stand in the way.',
  },
  userinfo: {
    id: 'step-userinfo',
    title: 'Who you are',
    lead: 'With the access token the client asks the userinfo endpoint about you.',
  },
};
