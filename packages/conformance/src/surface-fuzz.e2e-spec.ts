import fc from 'fast-check';
import { ADA, Tenant } from './support/environments.js';
import { anyText, encode, escaped, SEED } from './support/fuzzing.js';
import { basic } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { target } from './support/target.js';
import { expectClean } from './support/verdict.js';

const REQUESTS = 300;

const AUTHORIZE = [
  ...[
    'client_id',
    'response_type',
    'redirect_uri',
    'scope',
    'state',
    'nonce',
    'code_challenge',
    'code_challenge_method',
  ],
  ...['prompt', 'max_age', 'login_hint', 'id_token_hint', 'acr_values', 'response_mode', 'resource', 'request'],
  ...['request_uri', 'registration', 'ui_locales', 'claims', 'display'],
];
const TOKEN = [
  ...['grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope', 'resource', 'audience'],
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
];
const SIGN_ON = ['flowId', 'csrf', 'action', 'username', 'password', 'accept'];

describe('recipe 22 hostile input', () => {
  it(`HT-01 recipe 22 whatever is sent to whichever endpoint, nothing answers 5xx (seed ${SEED})`, async () => {
    const tenant = await Tenant.create();
    const person = tenant.person();
    const page = await person.follow(tenant.app().authorizeUrl());
    const { flowId = '', csrf = '' } = page.hiddenFields();
    const cookies = ['SB', 'ST']
      .map((name) => `${name}-${tenant.id}=${person.cookie(`${name}-${tenant.id}`) ?? 'x'}`)
      .join('; ');
    const code = await tenant.app().code(ADA);
    const { access_token, refresh_token, id_token } = await tenant.app().tokens(ADA);
    const value = anyText(flowId, csrf, code, access_token, refresh_token, id_token);
    const fields = (names: string[]) =>
      fc.array(
        fc.tuple(fc.oneof({ arbitrary: fc.constantFrom(...names), weight: 9 }, { arbitrary: value, weight: 1 }), value),
        {
          maxLength: 12,
        },
      );
    const routes = [
      { path: `/${tenant.id}/as/authorize`, names: AUTHORIZE },
      { path: `/${tenant.id}/as/token`, names: TOKEN },
      { path: `/${tenant.id}/signon`, names: SIGN_ON },
      { path: `/${tenant.id}/as/resume`, names: SIGN_ON },
      { path: `/${tenant.id}/as/userinfo`, names: ['access_token'] },
      { path: `/${tenant.id}/as/jwks`, names: ['kid'] },
      { path: `/${tenant.id}/as/.well-known/openid-configuration`, names: ['x'] },
      { path: `/.well-known/oauth-authorization-server/${tenant.id}/as`, names: ['x'] },
    ];
    const anyRequest = fc.constantFrom(...routes).chain(({ path, names }) =>
      fc.record({
        path: fc.constant(path),
        method: fc.oneof(
          { arbitrary: fc.constantFrom('GET', 'POST'), weight: 9 },
          { arbitrary: fc.constantFrom('PUT', 'HEAD', 'OPTIONS'), weight: 1 },
        ),
        query: fields(names),
        form: fields(names),
        good: fc.boolean(),
        authorization: fc.oneof(
          fc.constantFrom(
            undefined,
            `Bearer ${access_token}`,
            basic('web', tenant.client('web').secret as string)['authorization'],
          ),
          value.map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
          value.map((text) => `Bearer ${escaped(text)}`),
        ),
        cookie: fc.oneof(
          fc.constant(cookies),
          value.map((text) => `ST-${tenant.id}=${escaped(text)}; ${cookies}`),
        ),
        origin: fc.constantFrom(undefined, 'null', target.baseUrl, 'https://spa.example', 'https://evil.example'),
      }),
    );

    await fc.assert(
      fc.asyncProperty(anyRequest, async ({ path, method, query, form, good, authorization, cookie, origin }) => {
        // Half of them stand on an honest request, so that they get past the first checks.
        const honest = good
          ? Object.entries(path.endsWith('authorize') ? tenant.app().authorizeParams() : { flowId, csrf })
          : [];
        const search = encode(method === 'POST' ? query.slice(0, 2) : [...honest, ...query]);
        const body = encode([...(method === 'POST' ? honest : []), ...form]);
        const answer = await rawRequest(`${target.baseUrl}${path}?${search}`.slice(0, 8_000), {
          method,
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            cookie,
            ...(authorization !== undefined && { authorization }),
            ...(origin !== undefined && { origin }),
          },
          ...(method === 'POST' && { body }),
        });
        // A preflight is kept by the browser on purpose.
        if (answer.status !== 204) expectClean(answer);
      }),
      { seed: SEED, numRuns: REQUESTS, interruptAfterTimeLimit: 25_000, endOnFailure: false },
    );
    expect((await tenant.app('service').token({ grant_type: 'client_credentials' })).status).toBe(200);
  }, 120_000);
});
