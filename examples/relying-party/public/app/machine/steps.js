/** The steps of this flow, in their order. The ids are stable hooks for tests. */
export const STEPS = {
  token: {
    id: 'step-token',
    title: 'A token of its own',
    lead: 'The service proves who it is with its secret, so its backend does the asking. Which API decides what the token looks like.',
  },
  introspect: {
    id: 'step-introspect',
    title: 'What the API asks',
    lead: 'A JWT can be read by the API itself. An opaque token says nothing, so the API asks the server what it is worth.',
  },
  revoke: {
    id: 'step-revoke',
    title: 'Give it back',
    lead: 'A token that is not needed any more is revoked by the service it was issued to, and then the API asks once more.',
  },
};
