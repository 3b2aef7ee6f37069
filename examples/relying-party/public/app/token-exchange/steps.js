/** The steps of this flow, in their order. The ids are stable hooks for tests. */
export const STEPS = {
  subject: {
    id: 'step-subject',
    title: 'Your token',
    lead: 'An application calls the gateway with a token of yours. Sign in to get one here, or paste one from another tab.',
  },
  exchange: {
    id: 'step-exchange',
    title: 'The exchange',
    lead: 'The gateway proves who it is and asks for another token: as you, or as somebody who acts for you.',
  },
  result: {
    id: 'step-result',
    title: 'The new token',
    lead: 'It is still about you. What it may do is never more than yours could, nor does it live longer.',
  },
};
