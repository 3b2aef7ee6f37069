import { problemsOf } from '../../test/environment-files.js';
import { EnvironmentFileError } from './file-problem.js';
import { readEnvironmentFiles } from './read-environment-file.js';

/** A client that is in order, for the keys a row adds. */
const client = (keys: string) =>
  `environment: e\nclients:\n  - id: c\n    auth: none\n    redirectUris: [https://c.example/cb]\n    ${keys}`;
const machine = (keys: string) =>
  `environment: e\ndemo: true\nclients:\n  - id: m\n    auth: client_secret_post\n    secret: s\n    grantTypes: [client_credentials]\n    ${keys}`;
const user = (keys: string) => `environment: e\ndemo: true\nusers:\n  - username: ada\n    ${keys}`;
const resource = (keys: string) => `environment: e\nresources:\n  - name: r\n    scopes: [{ name: r:read }]\n    ${keys}`;

describe('what is wrong with one value', () => {
  it.each([
    ['an empty file', '', ['1:1: is empty; it needs at least the key "environment"']],
    ['comments alone', '# nothing\n', ['1:1: is empty; it needs at least the key "environment"']],
    ['a list', '- a\n', ['1:1: must be an environment file, not a list']],
    ['no environment', 'name: x', ['1:1: lacks the key "environment": an id of a-z, 0-9 and -, at most 64 characters']],
    ['an id that is no path segment', 'environment: My Shop', [
      '1:14 environment: "My Shop" is not an id: a-z, 0-9 and "-" (not first or last), at most 64 characters',
    ]],
    ['an id that is an address of ours', 'environment: playground', [
      '1:14 environment: "playground" is an address of the installation itself',
    ]],
    ['a misspelt key', 'environment: e\nclient: []', ['2:1 client: is not a key of an environment file; did you mean "clients"?']],
    ['a key with the other separator', client('allowed_origins: []'), [
      '6:5 clients[0].allowed_origins: is not a key of a client; did you mean "allowedOrigins"?',
    ]],
    ['a key nobody meant', 'environment: e\nsigning: { colour: red }', [
      '2:12 signing.colour: is not a key of a map of algorithms; known here: idToken, accessToken',
    ]],
    ['a key twice', 'environment: e\nname: a\nname: b', ['3:1 name: is here twice']],
    ['a key without value', 'environment: e\nusers:\n', ['2:7 users: has no value: give a list of users, or leave the key out']],
    ['a number for a text', 'environment: e\nname: 2024', [
      '2:7 name: must be a text of at most 64 characters, not a number; put it in quotes',
    ]],
    ['a text for a switch', 'environment: e\ndemo: yes', ['2:7 demo: must be true or false, not text']],
    ['a lifetime out of range', 'environment: e\nlifetimes: { code: 601 }', [
      '2:20 lifetimes.code: 601 is out of range: whole seconds, 1–600',
    ]],
    ['a lifetime with a unit', 'environment: e\nlifetimes:\n  accessToken: 1h', [
      '3:16 lifetimes.accessToken: must be a number of seconds (60–86400), not text',
    ]],
    ['an algorithm we do not sign with', 'environment: e\nsigning: { idToken: HS512 }', [
      '2:21 signing.idToken: "HS512" is not one of ES256, RS256',
    ]],
    ['a grant type nobody knows', 'environment: e\ngrantTypes: [authorisation_code]', [
      '2:14 grantTypes[0]: "authorisation_code" is not one of authorization_code, client_credentials, refresh_token, nor the absolute URI of a team\'s own grant; did you mean "authorization_code"?',
    ]],
    ['a client id with a colon', 'environment: e\nclients: [{ id: "a:b", auth: none, redirectUris: [https://x.example] }]', [
      '2:17 clients[0].id: "a:b" is not a client id: printable ASCII without space, colon, quotes or backslash, at most 128',
    ]],
    ['an origin with a path', client('allowedOrigins: [https://c.example/]'), [
      '6:22 clients[0].allowedOrigins[0]: "https://c.example/" is not an origin: https://host or http://host in lower case, a port unless it is the usual one, and nothing behind it',
    ]],
    ['a list with an entry twice', client('allowedOrigins: [https://c.example, https://c.example]'), [
      '6:41 clients[0].allowedOrigins[1]: is the same as clients[0].allowedOrigins[0]',
    ]],
    ['an audience with a fragment', resource('audience: https://r.example/#x'), [
      '5:15 resources[0].audience: "https://r.example/#x" has a fragment, which RFC 8707 §2 forbids',
    ]],
    ['an audience that is no URI', resource('audience: orders'), [
      '5:15 resources[0].audience: "orders" is not an absolute URI (scheme:…); leave the key out to use the name',
    ]],
    ['a resource lifetime out of range', resource('accessTokenLifetime: 299'), [
      '5:26 resources[0].accessTokenLifetime: 299 is out of range: whole seconds, 300–2592000',
    ]],
    ['a scope with a space', 'environment: e\nresources: [{ name: r, scopes: [{ name: "a b" }] }]', [
      '2:41 resources[0].scopes[0].name: "a b" is not a scope token (RFC 6749 §3.3): printable ASCII without space, " and \\, at most 128',
    ]],
    ['a claim the server sets', user('claims: { sub: x }'), [
      '5:15 users[0].claims.sub: is set by the server and cannot be configured',
    ]],
    ['a misspelt claim', user('claims: { emial: a@b.example }'), [
      '5:15 users[0].claims.emial: is not a claim of OpenID Connect; did you mean "email"?',
    ]],
    ['a claim of the wrong kind', user('claims: { email_verified: "true" }'), [
      '5:31 users[0].claims.email_verified: must be true or false, not text',
    ]],
    ['a status nobody has', user('status: inactive'), [
      '5:13 users[0].status: "inactive" is not one of active, locked, disabled; did you mean "active"?',
    ]],
    ['a weak password hash', user('passwordHash: $argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'), [
      '5:19 users[0].passwordHash: this is not an argon2id hash as "grantway hash-password" prints it',
    ]],
    ['a text PostgreSQL cannot keep', 'environment: e\nname: "a\\0b"', [
      '2:7 name: has a character that cannot be stored (U+0000 or half of a pair)',
    ]],
  ])('house: %s', (_what, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe('what is wrong with values together', () => {
  it.each([
    ['RFC 6749 §2.1: a public client with a secret', client('secret: ${S}'), [
      '6:13 clients[0].secret: a public client (auth: none) has no secret',
    ]],
    ['RFC 6749 §2.1: a confidential client without', 'environment: e\nclients:\n  - id: m\n    auth: client_secret_basic\n    grantTypes: [client_credentials]', [
      '3:5 clients[0]: a client with auth: client_secret_basic needs one of secret, secrets, secretHash',
    ]],
    ['house: two ways to give a secret', machine('secrets: [a, b]'), ['8:14 clients[0].secrets: is one too many beside secret']],
    ['RFC 6749 §4.4: client credentials without credentials', 'environment: e\nclients: [{ id: c, auth: none, grantTypes: [client_credentials] }]', [
      '2:45 clients[0].grantTypes[0]: client_credentials is not for a public client (auth: none)',
    ]],
    ['house: a grant type the environment lacks', 'environment: e\ngrantTypes: [client_credentials]\nclients:\n  - { id: c, auth: none, redirectUris: [https://c.example/cb], grantTypes: [authorization_code] }', [
      '4:77 clients[0].grantTypes[0]: "authorization_code" is not switched on for the environment: client_credentials',
    ]],
    ['RFC 6749 §3.1.2.2: authorization_code without redirect URI', 'environment: e\nclients: [{ id: c, auth: none }]', [
      '2:11 clients[0]: a client with authorization_code needs redirectUris',
    ]],
    ['house: response types without authorization_code', machine('responseTypes: [code]'), [
      '8:20 clients[0].responseTypes: needs the grant type authorization_code',
    ]],
    ['X9: a scope nobody has', `${resource('')}\nclients:\n  - { id: c, auth: none, redirectUris: [https://c.example/cb], scopes: [r:raed] }`, [
      '7:73 clients[0].scopes[0]: "r:raed" is no scope of OpenID Connect and of no resource in this file; did you mean "r:read"?',
    ]],
    ['C2: a default that needs a person', machine('scopes: [openid]\n    defaultScopes: [openid]'), [
      '9:21 clients[0].defaultScopes[0]: "openid" needs a signed-on user, and a default has none',
    ]],
    ['C3: a default that is not registered', `${machine('defaultScopes: [r:read]')}\nresources: [{ name: r, scopes: [{ name: r:read }] }]`, [
      '8:21 clients[0].defaultScopes[0]: "r:read" is not among the client\'s scopes',
    ]],
    ['X9: defaults of two resources', `${machine('scopes: [a, b]\n    defaultScopes: [a, b]')}\nresources: [{ name: r, scopes: [{ name: a }] }, { name: s, scopes: [{ name: b }] }]`, [
      '9:20 clients[0].defaultScopes: belong to several resources, which needs multipleResources: true',
    ]],
    ['house: idle longer than absolute', 'environment: e\nlifetimes: { refreshIdle: 500, refreshAbsolute: 400 }', [
      '2:27 lifetimes.refreshIdle: refreshIdle (500) must not be longer than refreshAbsolute (400)',
    ]],
    ['house: idle longer than the default', 'environment: e\nlifetimes: { sessionAbsolute: 400 }', [
      '2:31 lifetimes.sessionAbsolute: sessionIdle (28800) must not be longer than sessionAbsolute (400)',
    ]],
    ["house: a client's idle longer than the environment's absolute", client('refresh: { idle: 20000000 }'), [
      "6:22 clients[0].refresh.idle: idle (20000000) must not be longer than absolute (15552000, the environment's)",
    ]],
    ['TX-03: a user with the id of a client', 'environment: e\nclients: [{ id: x, auth: none, redirectUris: [https://c.example/cb] }]\nusers: [{ id: x, username: u }]', [
      '3:15 users[0].id: the id "x" is taken by clients[0].id, line 2',
    ]],
    ['house: two spellings of one username', 'environment: e\nusers:\n  - username: Ada\n  - username: ADA', [
      '4:15 users[1].username: the username "ADA" is taken by users[0].username, line 3',
    ]],
    ['house: one audience for two resources', 'environment: e\nresources:\n  - { name: a, audience: "https://x.example", scopes: [{ name: a }] }\n  - { name: b, audience: "https://x.example", scopes: [{ name: b }] }', [
      '4:26 resources[1].audience: the audience is taken by resources[0].audience, line 3',
    ]],
    ['house: one scope in two resources', 'environment: e\nresources:\n  - { name: a, scopes: [{ name: x }] }\n  - { name: b, scopes: [{ name: x }] }', [
      '4:33 resources[1].scopes[0].name: the scope "x" is taken by resources[0].scopes[0].name, line 3',
    ]],
    ["house: a resource with OpenID Connect's scope", 'environment: e\nresources: [{ name: a, scopes: [{ name: email }] }]', [
      '2:41 resources[0].scopes[0].name: "email" is OpenID Connect\'s own and is there without a resource',
    ]],
    ['house: password and hash', user('password: x\n    passwordHash: $argon2id$v=19$m=19456,t=2,p=1$AA79WX5hhfm/ZJQkuQrUHQ$C+rs9ABy3bfN7XAZwB3mNk7SjXGlahORw3PGfDcR5rs'), [
      '6:19 users[0].passwordHash: is one too many beside password',
    ]],
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
    const problems = problemsOf(`environment: e\nclients:\n  - id: c\n    auth: none\n    redirectUris:\n      - "${uri}"`);
    expect(problems).toEqual([expect.stringMatching(`^6:9 clients\\[0\\]\\.redirectUris\\[0\\]: ${fault}`)]);
  });
});

describe('a file with many faults', () => {
  it('house: tells all of them, in the order of the file', () => {
    const text = 'environment: E\nnmae: x\nclients:\n  - id: a b\n    auth: nobody\nusers:\n  - usrname: x\n';
    expect(problemsOf(text).map((line) => line.split(' ')[0])).toEqual(['1:14', '2:1', '4:5', '4:9', '5:11', '7:5', '7:5']);
  });

  it('house: does not blame what hangs on an unreadable part', () => {
    const text = `environment: e\nresources: nothing\n${client('scopes: [orders:read]').split('\n').slice(1).join('\n')}`;
    expect(problemsOf(text)).toEqual(['2:12 resources: must be a list of resources, not text']);
  });

  it.each([
    ['environment: e\n\tname: x', '2:1: a tab indents this line'],
    ['environment: "e', '1:16: a quote, comma, colon or closing bracket is missing'],
    ['environment: e\n  name: b', '1:14: is not a key with a value'],
    ['environment: e\nname: a: b', '2:7: is not a key with a value'],
    ['environment: e\nname: @x', '2:7: a text that starts with this character needs quotes'],
    ['environment: *nobody', '1:14: an alias (*name) has no anchor (&name) before it'],
    ['environment: !secret e', '1:14: a tag (!name) is not used here'],
    ['environment: e\n---\nenvironment: f', '2:1: holds more than one YAML document'],
    ['environment: e\nclients: [{ id: c, secret: ${S} }]', '2:29: this does not belong here; inside { } and [ ] a reference'],
  ])('house: is not YAML: %j', (text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, problem.length)).toBe(problem);
  });

  it('house: does not follow a file into the depth', () => {
    expect(problemsOf('['.repeat(5000))).toEqual([expect.stringMatching(/^1:\d+: nests too deeply$/)]);
  });

  it('house: finds one environment in two files', () => {
    const files = ['a.yaml', 'b.yaml'].map((file) => ({ file, text: 'environment: shop' }));
    const read = () => readEnvironmentFiles(files, {}, { hash: String, wrapSha256: String });
    expect(read).toThrow(EnvironmentFileError);
    expect(read).toThrow('b.yaml:1:14 environment: "shop" is described in a.yaml already');
  });
});
