import { problemsOf } from '../../../test/environment-files.js';

/** A client that is in order, for the keys a row adds. */
const client = (keys: string) =>
  `environment: e\nclients:\n  - id: c\n    auth: none\n    redirectUris: [https://c.example/cb]\n    ${keys}`;
const machine = (keys: string) =>
  `environment: e\ndemo: true\nclients:\n  - id: m\n    auth: client_secret_post\n    secret: s\n    grantTypes: [client_credentials]\n    ${keys}`;
const user = (keys: string) => `environment: e\ndemo: true\nusers:\n  - username: ada\n    ${keys}`;
const resource = (keys: string) =>
  `environment: e\nresources:\n  - name: r\n    scopes: [{ name: r:read }]\n    ${keys}`;

describe('what is wrong with values together', () => {
  it.each([
    [
      'RFC 6749 §2.1: a public client with a secret',
      client('secret: ${S}'),
      ['6:13 clients[0].secret: a public client (auth: none) has no secret'],
    ],
    [
      'RFC 6749 §2.1: a confidential client without',
      'environment: e\nclients:\n  - id: m\n    auth: client_secret_basic\n    grantTypes: [client_credentials]',
      ['3:5 clients[0]: a client with auth: client_secret_basic needs one of secret, secrets, secretHash'],
    ],
    [
      'house: two ways to give a secret',
      machine('secrets: [a, b]'),
      ['8:14 clients[0].secrets: is one too many beside secret'],
    ],
    [
      'RFC 6749 §4.4: client credentials without credentials',
      'environment: e\nclients: [{ id: c, auth: none, grantTypes: [client_credentials] }]',
      ['2:45 clients[0].grantTypes[0]: client_credentials is not for a public client (auth: none)'],
    ],
    [
      'house: a grant type the environment lacks',
      'environment: e\ngrantTypes: [client_credentials]\nclients:\n  - { id: c, auth: none, redirectUris: [https://c.example/cb], grantTypes: [authorization_code] }',
      [
        '4:77 clients[0].grantTypes[0]: "authorization_code" is not switched on for the environment: client_credentials',
      ],
    ],
    [
      'RFC 6749 §3.1.2.2: authorization_code without redirect URI',
      'environment: e\nclients: [{ id: c, auth: none }]',
      ['2:11 clients[0]: a client with authorization_code needs redirectUris'],
    ],
    [
      'house: response types without authorization_code',
      machine('responseTypes: [code]'),
      ['8:21 clients[0].responseTypes[0]: "code" needs the grant type authorization_code'],
    ],
    [
      'X9: a scope nobody has',
      `${resource('')}\nclients:\n  - { id: c, auth: none, redirectUris: [https://c.example/cb], scopes: [r:raed] }`,
      [
        '7:73 clients[0].scopes[0]: "r:raed" is no scope of OpenID Connect and of no resource in this file; did you mean "r:read"?',
      ],
    ],
    [
      'C2: a default that needs a person',
      machine('scopes: [openid]\n    defaultScopes: [openid]'),
      ['9:21 clients[0].defaultScopes[0]: "openid" needs a signed-on user, and a default has none'],
    ],
    [
      'C3: a default that is not registered',
      `${machine('defaultScopes: [r:read]')}\nresources: [{ name: r, scopes: [{ name: r:read }] }]`,
      ['8:21 clients[0].defaultScopes[0]: "r:read" is not among the client\'s scopes'],
    ],
    [
      'X9: defaults of two resources',
      `${machine('scopes: [a, b]\n    defaultScopes: [a, b]')}\nresources: [{ name: r, scopes: [{ name: a }] }, { name: s, scopes: [{ name: b }] }]`,
      ['9:20 clients[0].defaultScopes: belong to several resources, which needs multipleResources: true'],
    ],
    [
      'house: idle longer than absolute',
      'environment: e\nlifetimes: { refreshIdle: 500, refreshAbsolute: 400 }',
      ['2:27 lifetimes.refreshIdle: refreshIdle (500) must not be longer than refreshAbsolute (400)'],
    ],
    [
      'house: idle longer than the default',
      'environment: e\nlifetimes: { sessionAbsolute: 400 }',
      ['2:31 lifetimes.sessionAbsolute: sessionIdle (28800) must not be longer than sessionAbsolute (400)'],
    ],
    [
      "house: a client's idle longer than the environment's absolute",
      client('refresh: { idle: 20000000 }'),
      ["6:22 clients[0].refresh.idle: idle (20000000) must not be longer than absolute (15552000, the environment's)"],
    ],
    [
      'TX-03: a user with the id of a client',
      'environment: e\nclients: [{ id: x, auth: none, redirectUris: [https://c.example/cb] }]\nusers: [{ id: x, username: u }]',
      ['3:15 users[0].id: the id "x" is taken by clients[0].id, line 2'],
    ],
    [
      'house: two spellings of one username',
      'environment: e\nusers:\n  - username: Ada\n  - username: ADA',
      ['4:15 users[1].username: the username "ADA" is taken by users[0].username, line 3'],
    ],
    [
      'house: one audience for two resources',
      'environment: e\nresources:\n  - { name: a, audience: "https://x.example", scopes: [{ name: a }] }\n  - { name: b, audience: "https://x.example", scopes: [{ name: b }] }',
      ['4:26 resources[1].audience: the audience is taken by resources[0].audience, line 3'],
    ],
    [
      'house: a resource named as a client',
      'environment: e\nclients: [{ id: x, auth: none, redirectUris: [https://c.example/cb] }]\nresources: [{ name: x, scopes: [{ name: a }] }]',
      ['3:21 resources[0].name: the resource name "x" is taken by clients[0].id, line 2'],
    ],
    [
      'house: an audience that is the name of another resource',
      'environment: e\nresources:\n  - { name: r, audience: "urn:s", scopes: [{ name: a }] }\n  - { name: "urn:s", audience: "urn:t", scopes: [{ name: b }] }',
      ['3:26 resources[0].audience: the audience is taken by resources[1].name, line 4'],
    ],
    [
      'house: one scope in two resources',
      'environment: e\nresources:\n  - { name: a, scopes: [{ name: x }] }\n  - { name: b, scopes: [{ name: x }] }',
      ['4:33 resources[1].scopes[0].name: the scope "x" is taken by resources[0].scopes[0].name, line 3'],
    ],
    [
      "house: a resource with OpenID Connect's scope",
      'environment: e\nresources: [{ name: a, scopes: [{ name: email }] }]',
      ['2:41 resources[0].scopes[0].name: "email" is OpenID Connect\'s own and is there without a resource'],
    ],
    [
      'house: password and hash',
      user(
        'password: x\n    passwordHash: $argon2id$v=19$m=19456,t=2,p=1$AA79WX5hhfm/ZJQkuQrUHQ$C+rs9ABy3bfN7XAZwB3mNk7SjXGlahORw3PGfDcR5rs',
      ),
      ['6:19 users[0].passwordHash: is one too many beside password'],
    ],
  ])('%s', (_rule, text, problems) => {
    expect(problemsOf(text, { S: 'long enough to be a secret' })).toEqual(problems);
  });

  it.each([
    ['http://c.example/cb', 'uses http for a host that is not loopback'],
    ['javascript:alert(1)', 'has a scheme that is neither https'],
    ['JaVaScRiPt:alert(1)', 'has a scheme that is neither https'],
    ['data:text/html,x', 'has a scheme that is neither https'],
    ['https://c.example/cb#f', 'has a fragment'],
    ['https://u:p@c.example/cb', 'has user information'],
    ['https://c.example/*', 'has a wildcard'],
    ['/cb', 'is not an absolute URI'],
  ])('AZ-04: the redirect URI %s', (uri, fault) => {
    const problems = problemsOf(
      `environment: e\nclients:\n  - id: c\n    auth: none\n    redirectUris:\n      - "${uri}"`,
    );
    expect(problems).toEqual([expect.stringMatching(`^6:9 clients\\[0\\]\\.redirectUris\\[0\\]: ${fault}`)]);
  });
});
