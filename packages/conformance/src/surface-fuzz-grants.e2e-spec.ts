import fc from 'fast-check';
import { Approver, requestId, Till } from './support/ciba.js';
import { ASSERTION_TYPE } from './support/client-jwt.js';
import { Device } from './support/device.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { ACCESS_TOKEN, EVERY_GRANT, withEveryGrant } from './support/every-grant.js';
import { ApiFlow } from './support/flow.js';
import { anyText, encode, escaped, SEED } from './support/fuzzing.js';
import { basic } from './support/http.js';
import { pushed } from './support/pushed.js';
import { rawRequest } from './support/raw-http.js';
import { newServiceToken, present } from './support/service-accounts.js';
import { SignedOn } from './support/signed-on.js';
import { target } from './support/target.js';
import { expectClean } from './support/verdict.js';

const REQUESTS = 400;
const CLIENTS = ['web', 'console', 'till', 'bank', 'kiosk', 'machines', 'service', 'front'];

const CREDENTIALS = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];
const AUTHORIZE = [
  ...['response_type', 'redirect_uri', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'prompt'],
  ...[
    'max_age',
    'login_hint',
    'login_hint_token',
    'id_token_hint',
    'acr_values',
    'response_mode',
    'resource',
    'claims',
  ],
  ...['request', 'request_uri', 'registration', 'authorization_details', 'dpop_jkt'],
];
const TOKEN = [
  ...['grant_type', 'device_code', 'auth_req_id', 'username', 'password', 'assertion', 'scope', 'resource', 'audience'],
  ...['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type', 'requested_token_type', 'code'],
  ...['code_verifier', 'refresh_token', 'redirect_uri'],
];
const BACKCHANNEL = [
  ...['scope', 'login_hint', 'login_hint_token', 'id_token_hint', 'binding_message', 'user_code', 'requested_expiry'],
  ...['client_notification_token', 'acr_values', 'request', 'request_uri', 'resource'],
];
const SIGN_OFF = ['id_token_hint', 'post_logout_redirect_uri', 'state', 'client_id', 'logout_hint', 'csrf', 'confirm'];
const ACTIONS = [
  ...['usernamePassword.check', 'user.lookup', 'session.reset', 'password.forgot', 'password.reset', 'user.register'],
  ...['user.sendVerificationCode', 'user.consent', 'password.recover', 'password.sendRecoveryCode', 'user.verify'],
  ...['deviceAuthGrant.userCode.verify', 'deviceAuthGrant.consent', 'approve', 'deny', 'otp.check', 'flow.cancel'],
];
const MEMBERS = [
  ...['username', 'password', 'currentPassword', 'newPassword', 'recoveryCode', 'email', 'verificationCode', 'accept'],
  ...['userCode', 'id', 'flowId', 'csrf'],
];

describe('recipe 22 hostile input, where the other grants are', () => {
  it(`HT-01 recipe 22 whatever is sent to whichever endpoint, nothing answers 5xx (seed ${SEED})`, async () => {
    const tenant = await Tenant.create((file) => {
      withEveryGrant(file);
      // Where nobody listens.
      file.accounts = { recovery: true, registration: true, messagesUrl: 'http://127.0.0.1:9/' };
    });
    const { tokens, known, approver, flow, asked } = await everythingOf(tenant);
    const service = await newServiceToken(tenant, 'night');
    const value = anyText(...known, ...EVERY_GRANT, ...CLIENTS, ACCESS_TOKEN, ASSERTION_TYPE, SECRET, service);
    const fields = (names: string[]) => {
      const name = fc.oneof({ arbitrary: fc.constantFrom(...names), weight: 9 }, { arbitrary: value, weight: 1 });
      return fc.array(fc.tuple(name, value), { maxLength: 10 });
    };
    const json = fc.oneof(
      { arbitrary: fc.dictionary(fc.oneof(fc.constantFrom(...MEMBERS), value), anyMember(value)), weight: 6 },
      { arbitrary: fc.jsonValue({ maxDepth: 30 }), weight: 2 },
    );
    const cookies = ['ST', 'SB']
      .map((name) => `${name}-${tenant.id}=${approver.person.cookie(`${name}-${tenant.id}`) ?? 'x'}`)
      .join('; ');
    const as = (id: string, form: Record<string, string> = {}) => ({ headers: basic(id, SECRET), form });
    const exchange = { grant_type: EVERY_GRANT[6] as string, subject_token: tokens.access_token };
    const routes = [
      { path: '/as/token', names: TOKEN, ...as('console', { grant_type: EVERY_GRANT[4] as string }) },
      { path: '/as/token', names: TOKEN, ...as('till', { grant_type: EVERY_GRANT[5] as string }) },
      { path: '/as/token', names: TOKEN, ...as('web', { ...exchange, subject_token_type: ACCESS_TOKEN }) },
      { path: '/as/token', names: TOKEN, ...as('machines', { grant_type: EVERY_GRANT[7] as string }) },
      { path: '/as/token', names: TOKEN, ...as('kiosk', { grant_type: 'password', username: 'grace' }) },
      { path: '/as/par', names: AUTHORIZE, ...as('web', tenant.app().authorizeParams()) },
      { path: '/as/authorize', names: AUTHORIZE, ...as('front', tenant.app('front').authorizeParams()) },
      { path: '/as/introspect', names: ['token', 'token_type_hint'], ...as('web') },
      { path: '/as/introspect', names: ['token', 'token_type_hint'], ...as('orders', { token: tokens.access_token }) },
      { path: '/as/revoke', names: ['token', 'token_type_hint'], ...as('bank') },
      { path: '/as/device_authorization', names: AUTHORIZE, ...as('console', { scope: 'openid' }) },
      { path: '/as/bc-authorize', names: BACKCHANNEL, ...as('till', { scope: 'openid' }) },
      { path: '/as/cibaAuthorization', names: BACKCHANNEL, ...as('bank', { scope: 'openid', login_hint: 'grace' }) },
      { path: '/as/signoff', names: SIGN_OFF, ...as('web', { id_token_hint: tokens.id_token }) },
      { path: '/as/idpSignoff', names: SIGN_OFF, ...as('web') },
      { path: '/as/resume', names: ['flowId'], ...as('web', { flowId: flow.id }) },
      { path: '/device', names: ['user_code', 'flowId'], ...as('web') },
      { path: '/device/console', names: ['user_code'], ...as('web') },
      { path: '/approvals', names: ['request', 'csrf', 'verdict'], ...as('web', { request: requestId(asked) }) },
      { path: '/approvals/requests', names: ['id'], ...as('web') },
      { path: `/approvals/requests/${requestId(asked)}`, names: ['id'], ...as('web'), actions: ACTIONS },
      { path: `/flows/${flow.id}`, names: ['x'], ...as('web'), actions: ACTIONS },
    ];
    const anyRequest = fc.constantFrom<(typeof routes)[number] & { actions?: string[] }>(...routes).chain((route) =>
      fc.record({
        route: fc.constant(route),
        method: fc.oneof(
          { arbitrary: fc.constantFrom('GET', 'POST', 'POST'), weight: 9 },
          { arbitrary: fc.constantFrom('PUT', 'HEAD', 'OPTIONS'), weight: 1 },
        ),
        query: fields([...route.names, ...CREDENTIALS]),
        form: fields([...route.names, ...CREDENTIALS]),
        json,
        action: fc.oneof({ arbitrary: fc.constantFrom(...(route.actions ?? ['x'])), weight: 5 }, value),
        good: fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, fc.constant(false)),
        authorization: fc.oneof(
          value.map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
          value.map((text) => `Bearer ${escaped(text)}`),
        ),
        origin: fc.constantFrom(undefined, 'null', target.baseUrl, 'https://spa.example', 'https://evil.example'),
      }),
    );

    await fc.assert(
      fc.asyncProperty(
        anyRequest,
        async ({ route, method, query, form, json, action, good, authorization, origin }) => {
          const { path, actions, headers } = route;
          // Three of four stand on an honest request, so that they get past the first checks.
          const honest: [string, string][] = good ? Object.entries(route.form) : [];
          const search = encode(method === 'POST' ? query.slice(0, 1) : [...honest, ...query]);
          const type = actions ? `application/vnd.pingidentity.${printable(action)}+json` : FORM;
          const body = actions ? JSON.stringify(json) : encode([...honest, ...form]);
          const answer = await rawRequest(`${target.baseUrl}/${tenant.id}${path}?${search}`.slice(0, 8_000), {
            method,
            headers: {
              'content-type': type,
              cookie: cookies,
              authorization,
              ...(good && headers),
              ...(origin !== undefined && { origin }),
            },
            ...(method === 'POST' && { body }),
          });
          // A preflight is kept by the browser on purpose.
          if (answer.status !== 204) expectClean(answer);
        },
      ),
      { seed: SEED, numRuns: REQUESTS, interruptAfterTimeLimit: 30_000, endOnFailure: false },
    );
    expect((await present(tenant, service)).status).toBe(200);
    expect((await tenant.app('service').token({ grant_type: 'client_credentials' })).status).toBe(200);
  }, 270_000);
});

const FORM = 'application/x-www-form-urlencoded';

/** One live specimen of whatever is handed out, and who is signed on. */
async function everythingOf(tenant: Tenant) {
  const tokens = await new SignedOn(tenant.app()).tokens();
  const started = await new Device(tenant.app('console')).start();
  const asked = await new Till(tenant.app('till')).ask({ login_hint: ADA.username });
  const approver = new Approver(tenant, tenant.person(), target.baseUrl);
  await approver.look();
  const flow = await ApiFlow.begin(tenant.app('spa'), approver.person, { prompt: 'login' });
  const { access_token, refresh_token, id_token } = tokens;
  const known = [access_token, refresh_token, id_token, started.device_code, started.user_code, asked.auth_req_id];
  return { tokens, approver, flow, asked, known: [...known, await pushed(tenant.app()), flow.id, requestId(asked)] };
}

function anyMember(value: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.oneof(value, fc.boolean(), fc.double(), fc.constant(null), fc.array(value, { maxLength: 3 }));
}

/** A header goes out as it is, so it may hold no more than a header can. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '.').slice(0, 500);
}
