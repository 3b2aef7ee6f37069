import fc from 'fast-check';
import { ADA, Tenant } from './support/environments.js';
import { basic } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { target } from './support/target.js';
import { expectClean } from './support/verdict.js';

/** Printed on failure by fast-check as well; set FUZZ_SEED to look for new trouble. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
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

/** Values that mean something somewhere: to a parser, a database, a template, or to another parameter. */
const TELLING = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e309',
    'null',
    'true',
    '[]',
    '{}',
    '\u0000',
    '\ufeff',
    '\u202e',
    '💥',
    '\ud83d',
    '../../etc/passwd',
  ],
  ...[
    "' OR 1=1--",
    '"; DROP TABLE client; --',
    '<script>alert(1)</script>',
    '${7*7}',
    '{{7*7}}',
    '%00',
    '%n%s',
    '\r\nSet-Cookie: a=b',
  ],
  ...[
    'code',
    'token',
    'none',
    'login',
    'consent',
    'openid',
    'offline_access',
    'S256',
    'plain',
    'form_post',
    'fragment',
    'query',
  ],
  ...[
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'usernamePassword.check',
    'user.consent',
    'session.reset',
  ],
  ...[
    'https://rp.example/callback',
    'http://[::1]:80/',
    'urn:ietf:params:oauth:request_uri:x',
    'web',
    'service',
    'spa',
  ],
  ...[
    '00000000-0000-7000-8000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'gwac_AAAAAAAAAAAAAAAAAAAAAA.A',
    'gwrt_AAAAAAAAAAAAAAAAAAAAAA.9.A',
  ],
  ...['eyJhbGciOiJub25lIn0.e30.', 'a'.repeat(1_000), '9'.repeat(400), '\u{10ffff}'.repeat(50)],
];

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
    const value = fc.oneof(
      fc.constantFrom(...TELLING, flowId, csrf, code, access_token, refresh_token, id_token),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
    );
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
  }, 40_000);
});

/** Percent-encoded; text that no honest encoder lets through (a lone surrogate) as broken bytes. */
function escaped(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return Buffer.from(text, 'utf16le').toString('hex').replace(/../g, '%$&');
  }
}

function encode(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
}
