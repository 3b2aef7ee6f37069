import { problemsOf } from '../../test/environment-files.js';
import { EnvironmentFileError } from './file-problem.js';
import { readEnvironmentFiles } from './read-environment-file.js';

/** A client that is in order, for the keys a row adds. */
const client = (keys: string) =>
  `environment: e\nclients:\n  - id: c\n    auth: none\n    redirectUris: [https://c.example/cb]\n    ${keys}`;
const user = (keys: string) => `environment: e\ndemo: true\nusers:\n  - username: ada\n    ${keys}`;
const resource = (keys: string) =>
  `environment: e\nresources:\n  - name: r\n    scopes: [{ name: r:read }]\n    ${keys}`;

describe('what is wrong with one value', () => {
  it.each([
    ['an empty file', '', ['1:1: is empty; it needs at least the key "environment"']],
    ['comments alone', '# nothing\n', ['1:1: is empty; it needs at least the key "environment"']],
    ['a list', '- a\n', ['1:1: must be an environment file, not a list']],
    ['no environment', 'name: x', ['1:1: lacks the key "environment": an id of a-z, 0-9 and -, at most 64 characters']],
    [
      'an id that is no path segment',
      'environment: My Shop',
      ['1:14 environment: "My Shop" is not an id: a-z, 0-9 and "-" (not first or last), at most 64 characters'],
    ],
    [
      'an id that is an address of ours',
      'environment: playground',
      ['1:14 environment: "playground" is an address of the installation itself'],
    ],
    [
      'a misspelt key',
      'environment: e\nclient: []',
      ['2:1 client: is not a key of an environment file; did you mean "clients"?'],
    ],
    [
      'a key with the other separator',
      client('allowed_origins: []'),
      ['6:5 clients[0].allowed_origins: is not a key of a client; did you mean "allowedOrigins"?'],
    ],
    [
      'a key nobody meant',
      'environment: e\nsigning: { colour: red }',
      [
        '2:12 signing.colour: is not a key of a map of algorithms and key times; known here: idToken, accessToken, rotateEvery, announceFor',
      ],
    ],
    ['a key twice', 'environment: e\nname: a\nname: b', ['3:1 name: is here twice']],
    [
      'a key without value',
      'environment: e\nusers:\n',
      ['2:7 users: has no value: give a list of users, or leave the key out'],
    ],
    [
      'a number for a text',
      'environment: e\nname: 2024',
      ['2:7 name: must be a text of at most 64 characters, not a number; put it in quotes'],
    ],
    ['a text for a switch', 'environment: e\ndemo: yes', ['2:7 demo: must be true or false, not text']],
    [
      'a lifetime out of range',
      'environment: e\nlifetimes: { code: 601 }',
      ['2:20 lifetimes.code: 601 is out of range: whole seconds, 1–600'],
    ],
    [
      'a lifetime with a unit',
      'environment: e\nlifetimes:\n  accessToken: 1h',
      ['3:16 lifetimes.accessToken: must be a number of seconds (60–86400), not text'],
    ],
    [
      'an algorithm we do not sign with',
      'environment: e\nsigning: { idToken: HS512 }',
      ['2:21 signing.idToken: "HS512" is not one of ES256, RS256'],
    ],
    [
      'a grant type nobody knows',
      'environment: e\ngrantTypes: [authorisation_code]',
      [
        '2:14 grantTypes[0]: "authorisation_code" is not one of authorization_code, client_credentials, refresh_token, implicit, password, urn:ietf:params:oauth:grant-type:device_code, urn:ietf:params:oauth:grant-type:token-exchange, urn:openid:params:grant-type:ciba, urn:ietf:params:oauth:grant-type:jwt-bearer, nor the absolute URI of a team\'s own grant; did you mean "authorization_code"?',
      ],
    ],
    [
      'a client id with a colon',
      'environment: e\nclients: [{ id: "a:b", auth: none, redirectUris: [https://x.example] }]',
      [
        '2:17 clients[0].id: "a:b" is not a client id: printable ASCII without space, colon, quotes or backslash, at most 128',
      ],
    ],
    [
      'an origin with a path',
      client('allowedOrigins: [https://c.example/]'),
      [
        '6:22 clients[0].allowedOrigins[0]: "https://c.example/" is not an origin: https://host or http://host in lower case, a port unless it is the usual one, and nothing behind it',
      ],
    ],
    [
      'a list with an entry twice',
      client('allowedOrigins: [https://c.example, https://c.example]'),
      ['6:41 clients[0].allowedOrigins[1]: is the same as clients[0].allowedOrigins[0]'],
    ],
    [
      'an audience with a fragment',
      resource('audience: https://r.example/#x'),
      ['5:15 resources[0].audience: "https://r.example/#x" has a fragment, which RFC 8707 §2 forbids'],
    ],
    [
      'an audience that is no URI',
      resource('audience: orders'),
      ['5:15 resources[0].audience: "orders" is not an absolute URI (scheme:…); leave the key out to use the name'],
    ],
    [
      'a resource lifetime out of range',
      resource('accessTokenLifetime: 299'),
      ['5:26 resources[0].accessTokenLifetime: 299 is out of range: whole seconds, 300–2592000'],
    ],
    [
      'a scope with a space',
      'environment: e\nresources: [{ name: r, scopes: [{ name: "a b" }] }]',
      [
        '2:41 resources[0].scopes[0].name: "a b" is not a scope token (RFC 6749 §3.3): printable ASCII without space, " and \\, at most 128',
      ],
    ],
    [
      'a claim the server sets',
      user('claims: { sub: x }'),
      ['5:15 users[0].claims.sub: is set by the server and cannot be configured'],
    ],
    [
      'a misspelt claim',
      user('claims: { emial: a@b.example }'),
      ['5:15 users[0].claims.emial: is not a claim of OpenID Connect; did you mean "email"?'],
    ],
    [
      'a claim of the wrong kind',
      user('claims: { email_verified: "true" }'),
      ['5:31 users[0].claims.email_verified: must be true or false, not text'],
    ],
    [
      'a status nobody has',
      user('status: inactive'),
      ['5:13 users[0].status: "inactive" is not one of active, locked, disabled; did you mean "active"?'],
    ],
    [
      'a weak password hash',
      user(
        'passwordHash: $argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      ),
      ['5:19 users[0].passwordHash: this is not an argon2id hash as "grantway hash-password" prints it'],
    ],
    [
      'a text PostgreSQL cannot keep',
      'environment: e\nname: "a\\0b"',
      ['2:7 name: has a character that cannot be stored (U+0000 or half of a pair)'],
    ],
  ])('house: %s', (_what, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe('a file with many faults', () => {
  it('house: tells all of them, in the order of the file', () => {
    const text = 'environment: E\nnmae: x\nclients:\n  - id: a b\n    auth: nobody\nusers:\n  - usrname: x\n';
    expect(problemsOf(text).map((line) => line.split(' ')[0])).toEqual([
      '1:14',
      '2:1',
      '4:5',
      '4:9',
      '5:11',
      '7:5',
      '7:5',
    ]);
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
    [
      'environment: e\nclients: [{ id: c, secret: ${S} }]',
      '2:29: this does not belong here; inside { } and [ ] a reference',
    ],
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
    const read = () => readEnvironmentFiles(files, {}, { hash: String, wrapSha256: String, seal: String });
    expect(read).toThrow(EnvironmentFileError);
    expect(read).toThrow('b.yaml:1:14 environment: "shop" is described in a.yaml already');
  });
});
