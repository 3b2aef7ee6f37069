/** Every state a page can be in, as the models that bring it about. */

const form = {
  action: '/demo/signon',
  flowId: 'flow_0198c1f2',
  csrf: 'c5rf',
  formTargets: ['https://notes.example/callback'],
};
const signOn = { page: 'sign-on', environmentName: 'Northwind', clientName: 'Field Notes', form };
const consent = {
  page: 'consent',
  environmentName: 'Northwind',
  clientName: 'Field Notes',
  destination: 'notes.example',
  username: 'ada.lovelace',
  scopes: [
    { name: 'openid', description: '' },
    { name: 'profile', description: '' },
    { name: 'email', description: '' },
    { name: 'invoices:read', description: 'Read your invoices' },
    { name: 'offline_access', description: '' },
  ],
  form,
};
const requestId = '0198c1f2-7a51-7c3e-9d5e-1f2b7c9a4e10';
const error = (kind, more = {}) => ({ page: 'error', status: 400, kind, requestId, ...more });

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

export const PAGES = {
  'sign-on': signOn,
  'sign-on-known-username': { ...signOn, username: 'ada.lovelace' },
  'sign-on-missing-both': { ...signOn, problem: { kind: 'missing', fields: ['username', 'password'] } },
  'sign-on-missing-password': {
    ...signOn,
    username: 'ada.lovelace',
    problem: { kind: 'missing', fields: ['password'] },
  },
  'sign-on-wrong': { ...signOn, username: 'ada.lovelace', problem: { kind: 'wrong' } },
  'sign-on-wait': { ...signOn, username: 'ada.lovelace', problem: { kind: 'wait', seconds: 45 } },
  'sign-on-long': {
    ...signOn,
    environmentName: `${LONG} International`,
    clientName: `${LONG} Customer Portal for Europe`,
    username: `${'somebody.with.a.very.long.name.'.repeat(3)}@mail.example`,
    problem: { kind: 'wrong' },
  },
  consent,
  'consent-long': {
    ...consent,
    clientName: `${LONG} Customer Portal for Europe`,
    destination: `${'a-rather-long-label.'.repeat(8)}example`,
    username: `${'somebody.with.a.very.long.name.'.repeat(3)}@mail.example`,
    scopes: [
      { name: 'billing:everything', description: `${'A sentence that goes on for quite a while. '.repeat(6)}` },
      { name: `urn:${'very-long-scope-name:'.repeat(8)}read`, description: '' },
    ],
  },
  'consent-40-scopes': {
    ...consent,
    scopes: Array.from({ length: 40 }, (_, n) => ({
      name: `records:${n + 1}`,
      description: n % 3 ? `Read and change your records in drawer ${n + 1}` : '',
    })),
  },
  'consent-private-scheme': { ...consent, destination: 'com.example.fieldnotes' },
  'consent-hostile': {
    ...consent,
    clientName: '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    username: '\u202Eevil\u202C & <b>bold</b>',
    destination: '\u202Emoc.elpmaxe',
  },
  'error-bad-request': error('bad_request', {
    environmentName: 'Northwind',
    code: 'invalid_request',
    description:
      'redirect_uri is not registered for this client: https://notes.example/callback/with/a/long/path?and=query',
  }),
  'error-flow-expired': error('flow_expired', { environmentName: 'Northwind' }),
  'error-other-browser': error('other_browser', { environmentName: 'Northwind' }),
  'error-forged': error('forged', { environmentName: 'Northwind' }),
  'error-not-found': error('not_found'),
  'error-method': error('method'),
  'error-too-large': error('too_large'),
  'error-too-many': error('too_many', { retryAfter: 120 }),
  'error-unavailable': error('unavailable', { retryAfter: 5, code: 'temporarily_unavailable' }),
  'error-fault': error('fault', { code: 'server_error' }),
};

export const FORM_POSTS = {
  'form-post': [
    { action: 'https://notes.example/callback', fields: { code: 'ac_0198.secret', state: 'af0ifjsldkj' } },
    { environmentName: 'Northwind' },
  ],
};
