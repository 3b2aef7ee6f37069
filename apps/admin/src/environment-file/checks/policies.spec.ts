import { problemsOf } from '../../../test/environment-files.js';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const CIBA = 'urn:openid:params:grant-type:ciba';
const HEAD = `environment: e
demo: true
grantTypes: [authorization_code, client_credentials, implicit, password, "${DEVICE}", "${EXCHANGE}", "${CIBA}"]
resources: [{ name: r, scopes: [{ name: r:read }, { name: r:write }] }]`;

/** Without their place. */
const problems = (text: string) => problemsOf(`${HEAD}\n${text}`).map((problem) => problem.replace(/^\d+:\d+ /, ''));
const spa = (keys: string) => `{ id: spa, auth: none, redirectUris: [https://c.example/cb], ${keys} }`;
const web = (keys = '') =>
  `{ id: web, auth: client_secret_post, secret: s, grantTypes: [client_credentials], scopes: [r:read], ${keys} }`;

describe('which grants fit a client', () => {
  it.each(['client_credentials', 'password', EXCHANGE, CIBA])('TX-07 %s is not for a public client', (type) => {
    expect(problems(`clients: [${spa(`grantTypes: [authorization_code, "${type}"]`)}]`)).toEqual([
      `clients[0].grantTypes[1]: ${type} is not for a public client (auth: none)`,
    ]);
    expect(problems(`clients: [{ id: c, auth: client_secret_post, secret: s, grantTypes: ["${type}"] }]`)).toEqual([]);
  });

  it('RFC 8628 §3.1 a device may be public', () => {
    expect(problems(`clients: [${spa(`grantTypes: ["${DEVICE}"]`)}]`)).toEqual([]);
  });

  it.each([
    ['[code]', 'implicit', '"code" needs the grant type authorization_code'],
    ['[id_token]', 'authorization_code', '"id_token" needs the grant type implicit'],
    ['[token id_token]', 'authorization_code', '"id_token token" needs the grant type implicit'],
    ['[code id_token]', 'authorization_code', '"code id_token" needs the grant type implicit'],
    ['[token code]', 'implicit', '"code token" needs the grant type authorization_code'],
    ['[code token]', DEVICE, '"code token" needs the grant type authorization_code and implicit'],
  ])('H1 the response types %s with %s alone', (types, grant, fault) => {
    const text = (grants: string) => `clients: [${spa(`responseTypes: ${types}, grantTypes: [${grants}]`)}]`;
    expect(problems(text(`"${grant}"`))).toEqual([`clients[0].responseTypes[0]: ${fault}`]);
    expect(problems(text('authorization_code, implicit'))).toEqual([]);
  });

  it('H1 a response type that nobody knows', () => {
    expect(problems(`clients: [${spa('responseTypes: [cod token]')}]`)).toEqual([
      expect.stringContaining('clients[0].responseTypes[0]: "cod token" is not one of code, token, id_token'),
    ]);
  });

  it('H1 one response type in two spellings', () => {
    const keys = 'responseTypes: [code token, token code], grantTypes: [authorization_code, implicit]';
    expect(problems(`clients: [${spa(keys)}]`)).toEqual([
      'clients[0].responseTypes[1]: is the same as clients[0].responseTypes[0]',
    ]);
  });

  it('I1 implicit alone has no response type to begin with, and needs a redirect URI', () => {
    expect(problems(`clients: [{ id: c, auth: none, grantTypes: [implicit] }]`)).toEqual([
      'clients[0]: a client with implicit needs redirectUris',
      'clients[0]: a client with implicit needs responseTypes, such as "id_token"',
    ]);
  });
});

describe('what a client says of its grants', () => {
  it.each([
    ['javascript:alert(1)', 'has a scheme that is neither https'],
    ['data:text/html,x', 'has a scheme that is neither https'],
    ['https://c.example/bye#f', 'has a fragment'],
    ['http://c.example/bye', 'uses http for a host that is not loopback'],
    ['https://c.example/*', 'has a wildcard'],
  ])('LO-01 nobody is sent to %s after signing off', (uri, fault) => {
    // The flag is about redirect URIs, which are patterns then; these never are.
    const keys = `postLogoutRedirectUris: ["${uri}"], legacy: { redirectWildcard: true }`;
    expect(problems(`clients: [${spa(keys)}]`)).toEqual([
      expect.stringContaining(`clients[0].postLogoutRedirectUris[0]: ${fault}`),
    ]);
  });

  it.each([
    ['https://c.example/tv', []],
    ['http://localhost:3000/tv', []],
    ['http://c.example/tv', ['clients[0].device.verificationUri: uses http for a host that is not loopback']],
  ])('D10 people are sent to %s', (uri, expected) => {
    expect(problems(`clients: [${spa(`device: { verificationUri: "${uri}" }`)}]`)).toEqual(expected);
  });

  it('D10 a path id resolves one client', () => {
    expect(problems(`clients: [${spa('device: { pathId: tv }')}, ${web('device: { pathId: tv }')}]`)).toEqual([
      'clients[1].device.pathId: the device path "tv" is taken by clients[0].device.pathId, line 5',
    ]);
    expect(problems(`clients: [${spa('device: { pathId: tv }')}, ${web('device: { pathId: TV }')}]`)).toEqual([]);
  });

  it.each(['ping', 'push'])('CIBA Core §4 %s has to know where to', (delivery) => {
    expect(problems(`clients: [${web(`backchannel: { delivery: ${delivery} }`)}]`)).toEqual([
      `clients[0].backchannel.delivery: "${delivery}" needs notificationEndpoint`,
    ]);
    const endpoint = (scheme: string) =>
      `clients: [${web(`backchannel: { delivery: ${delivery}, notificationEndpoint: "${scheme}://c.example/cb" }`)}]`;
    expect(problems(endpoint('https'))).toEqual([]);
    expect(problems(endpoint('http'))).toEqual([
      'clients[0].backchannel.notificationEndpoint: uses http, which needs outbound.privateAddresses: true',
    ]);
    expect(problems(`outbound: { privateAddresses: true }\n${endpoint('http')}`)).toEqual([]);
  });

  it('TX-04 delegators are clients of the file', () => {
    const clients = (delegator: string) => `clients: [${web(`exchange: { allowedDelegators: [${delegator}] }`)}]`;
    expect(problems(clients('web'))).toEqual([]);
    expect(problems(clients('webb'))).toEqual([
      'clients[0].exchange.allowedDelegators[0]: "webb" is no client of this file; did you mean "web"?',
    ]);
  });
});

describe('what the environment says together', () => {
  it.each(['recovery', 'registration'])('house: %s needs a way to reach people', (key) => {
    expect(problems(`accounts: { ${key}: true }`)).toEqual([
      `accounts.${key}: needs messagesUrl, to send people a code`,
    ]);
    expect(problems(`accounts: { ${key}: true, messagesUrl: "https://m.example" }`)).toEqual([]);
    expect(problems(`accounts: { ${key}: false }`)).toEqual([]);
  });

  it('DR-05 messages go by https unless private addresses are allowed', () => {
    const text = 'accounts: { messagesUrl: "http://m.example" }';
    expect(problems(text)).toEqual(['accounts.messagesUrl: uses http, which needs outbound.privateAddresses: true']);
    expect(problems(`${text}\noutbound: { privateAddresses: true }`)).toEqual([]);
    // What cannot be read is one problem, not two.
    expect(problems(`${text}\noutbound: { privateAddresses: maybe }`)).toEqual([
      'outbound.privateAddresses: must be true or false, not text',
    ]);
  });

  it('house: a backchannel request may not wait longer than the most', () => {
    expect(problems('lifetimes: { backchannelMost: 60 }')).toEqual([
      'lifetimes.backchannelMost: backchannel (300) must not be longer than backchannelMost (60)',
    ]);
  });

  it('house: a password that must be changed is given', () => {
    expect(problems('users: [{ username: ada, mustChangePassword: true }]')).toEqual([
      'users[0].mustChangePassword: needs password or passwordHash, the one to be changed',
    ]);
    expect(problems('users: [{ username: ada, mustChangePassword: true, password: x }]')).toEqual([]);
  });
});

describe('what resources and service accounts refer to', () => {
  it.each([
    ['mayAct: {}', 'resources[0].mayAct: names nobody: give sub, client_id or both'],
    [
      'mayAct: { client_id: webb }',
      'resources[0].mayAct.client_id: "webb" is no client of this file; did you mean "web"?',
    ],
  ])('RFC 8693 §4.4: %s', (keys, problem) => {
    const text = (mayAct: string) =>
      `environment: e\ndemo: true\nresources: [{ name: r, scopes: [{ name: r:read }], ${mayAct} }]\nclients: [${web()}]`;
    expect(problemsOf(text(keys))).toEqual([expect.stringContaining(problem)]);
    expect(problemsOf(text('mayAct: { sub: x, client_id: web }'))).toEqual([]);
  });

  it('IR-01 a resource and a client prove themselves under different names', () => {
    const text = (name: string) =>
      `environment: e\ndemo: true\nresources: [{ name: ${name}, introspectionSecret: s, scopes: [{ name: r:read }] }]\nclients: [${web()}]`;
    expect(problemsOf(text('r'))).toEqual([]);
    expect(problemsOf(text('web'))).toEqual([
      expect.stringContaining('resources[0].name: the resource name "web" is taken by clients[0].id'),
    ]);
  });

  const account = (keys: string) => `clients: [${web()}]\nserviceAccounts: [${keys}]`;
  it.each([
    [
      '{ id: a, client: webb, scopes: [r:read] }',
      ['serviceAccounts[0].client: "webb" is no client of this file; did you mean "web"?'],
    ],
    [
      '{ id: a, client: web, scopes: [r:write] }',
      ['serviceAccounts[0].scopes[0]: "r:write" is not among the scopes of the client "web"'],
    ],
    [
      '{ id: a, client: web, scopes: [r:read], bindings: [spa] }',
      ['serviceAccounts[0].bindings[0]: "spa" is no client of this file'],
    ],
    [
      '{ id: a, client: web, scopes: [r:read] }, { id: a, client: web, scopes: [r:read] }',
      ['serviceAccounts[1].id: the service account "a" is taken by serviceAccounts[0].id, line 6'],
    ],
    [
      '{ id: "a:b", client: web, scopes: [r:read] }',
      ['serviceAccounts[0].id: "a:b" is not an id: letters, digits, - _ and at most 64 of them'],
    ],
    ['{ id: a, client: web, scopes: [] }', ['serviceAccounts[0].scopes: needs at least 1']],
    ['{ id: a, client: web, scopes: [r:read], bindings: [web] }', []],
  ])('seeds 7.11: %s', (keys, expected) => {
    expect(problems(account(keys))).toEqual(expected);
  });
});
