/** The steps of this flow, in their order. The ids are stable hooks for tests. */
export const STEPS = {
  start: {
    id: 'step-start',
    title: 'Ask',
    lead: 'The client names the person and what it is about. It has a secret, so its backend does the asking.',
  },
  wait: {
    id: 'step-wait',
    title: 'The approval',
    lead: 'The person is asked where they are signed in, not here. Meanwhile the client asks again and again.',
  },
  tokens: {
    id: 'step-tokens',
    title: 'The tokens',
    lead: 'The reply to the last question: tokens about the person who agreed.',
  },
  userinfo: {
    id: 'step-userinfo',
    title: 'Who it was',
    lead: 'With the access token the client asks the userinfo endpoint about the person.',
  },
};
