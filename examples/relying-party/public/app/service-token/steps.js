/** The steps of this flow, in their order. The ids are stable hooks for tests. */
export const STEPS = {
  token: {
    id: 'step-token',
    title: 'The JWT and its token',
    lead: 'The JWT says whose it is, so no client proves itself: whoever holds it has what it is good for.',
  },
  introspect: {
    id: 'step-introspect',
    title: 'What the API asks',
    lead: 'Rotate the account’s JWT or switch the account off, and ask again: what was issued is worth nothing, at once.',
  },
};
