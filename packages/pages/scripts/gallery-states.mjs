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
const named = { environmentName: 'Northwind', username: 'ada.lovelace', form };
const deviceConsent = {
  ...{ page: 'device-consent', ...named, clientName: 'Field Notes TV', userCode: 'WDJB-MJHT' },
  scopes: consent.scopes,
};
const signOff = {
  page: 'sign-off',
  environmentName: 'Northwind',
  username: 'ada.lovelace',
  clientName: 'Field Notes',
  form: { action: '/demo/as/signoff', csrf: 'c5rf', fields: { client_id: 'notes' }, formTargets: ['https:'] },
};
const requestId = '0198c1f2-7a51-7c3e-9d5e-1f2b7c9a4e10';
const error = (kind, more = {}) => ({ page: 'error', status: 400, kind, requestId, ...more });

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

const asking = {
  id: '0198c1f2-7a51-7c3e-9d5e-1f2b7c9a4e10',
  csrf: 'c5rf',
  clientName: 'Corner Shop Till',
  bindingMessage: 'Till 4 · 17,20 € · K7QX',
  scopes: [
    { name: 'openid', description: '' },
    { name: 'payments:make', description: 'Pay for you' },
  ],
  age: 12,
  expiresIn: 288,
};
const approvals = {
  ...{ page: 'approvals', environmentName: 'Northwind', username: 'ada.lovelace', action: '/demo/approvals' },
  requests: [asking],
};

export const PAGES = {
  approvals,
  'approvals-none': { ...approvals, requests: [] },
  'approvals-answered': {
    ...approvals,
    requests: [],
    answered: { clientName: 'Corner Shop Till', outcome: 'approved' },
  },
  'approvals-three': {
    ...approvals,
    requests: [
      asking,
      { ...asking, id: '2', bindingMessage: undefined },
      { ...asking, id: '3', clientName: `${LONG} Bank` },
    ],
  },
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
  'sign-on-ways': {
    ...signOn,
    recovery: '/demo/signon?flowId=1&view=recovery',
    registration: '/demo/signon?flowId=1&view=registration',
  },
  'sign-on-own-account': { page: 'sign-on', environmentName: 'Northwind', form },
  'sign-on-password-changed': { ...signOn, username: 'ada.lovelace', passwordChanged: true },
  'sign-on-other-name': { ...signOn, username: 'ada.lovelace', problem: { kind: 'other_name' } },
  'forgot-password': { page: 'forgot-password', ...named, back: '#' },
  'forgot-password-wait': { page: 'forgot-password', ...named, back: '#', problem: { kind: 'wait', seconds: 600 } },
  'recover-password': { page: 'recover-password', ...named },
  'recover-password-wrong': { page: 'recover-password', ...named, problem: { kind: 'wrong' } },
  'recover-password-weak': {
    ...{ page: 'recover-password', ...named },
    problem: { kind: 'weak', field: 'newPassword', rule: 'length' },
  },
  'change-password': { page: 'change-password', ...named },
  'change-password-same': {
    ...{ page: 'change-password', ...named },
    problem: { kind: 'weak', field: 'newPassword', rule: 'same' },
  },
  registration: { page: 'registration', environmentName: 'Northwind', form, back: '#' },
  'registration-malformed': {
    ...{ page: 'registration', environmentName: 'Northwind', form, back: '#', username: ' ada', email: 'ada@' },
    problem: { kind: 'malformed', fields: ['username', 'email'] },
  },
  'registration-taken': {
    ...{
      page: 'registration',
      environmentName: 'Northwind',
      form,
      back: '#',
      username: 'ada',
      email: 'ada@mail.example',
    },
    problem: { kind: 'taken' },
  },
  verification: { page: 'verification', ...named },
  'verification-wrong': { page: 'verification', ...named, problem: { kind: 'wrong' } },
  'device-code': { page: 'device-code', ...named },
  'device-code-filled-in': { page: 'device-code', ...named, userCode: 'WDJB-MJHT' },
  'device-code-wrong': { page: 'device-code', ...named, userCode: 'WDJB-MJHX', problem: { kind: 'wrong' } },
  'device-code-wait': { page: 'device-code', ...named, problem: { kind: 'wait', seconds: 580 } },
  'device-consent': deviceConsent,
  'device-consent-hostile': {
    ...deviceConsent,
    clientName: '"><script>alert(1)</script>',
    userCode: '\u202E<b>B</b>',
    scopes: [],
  },
  'flow-end-allowed': { page: 'flow-end', environmentName: 'Northwind', outcome: 'device_allowed' },
  'flow-end-refused': { page: 'flow-end', environmentName: 'Northwind', outcome: 'device_refused', again: '#' },
  'flow-end-gone': { page: 'flow-end', environmentName: 'Northwind', outcome: 'device_gone', again: '#' },
  'flow-end-cancelled': { page: 'flow-end', environmentName: 'Northwind', outcome: 'cancelled' },
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
  'sign-off': signOff,
  'sign-off-long': {
    ...signOff,
    clientName: `${LONG} Customer Portal for Europe`,
    username: `${'somebody.with.a.very.long.name.'.repeat(3)}@mail.example`,
  },
  'signed-off': { page: 'signed-off', environmentName: 'Northwind' },
  'signed-off-back': {
    page: 'signed-off',
    environmentName: 'Northwind',
    back: { name: 'Field Notes', address: 'https://notes.example/bye' },
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
