import { problemsOf } from '../../test/environment-files.js';

const CANARY = 'canary-7Gq2-do-not-print';

const client = (keys: string, demo = false) =>
  `environment: e\ndemo: ${demo}\nclients:\n  - id: m\n    auth: client_secret_post\n    grantTypes: [client_credentials]\n    ${keys}`;
const user = (keys: string, demo = false) => `environment: e\ndemo: ${demo}\nusers:\n  - username: ada\n    ${keys}`;

describe('what is wrong with a secret', () => {
  it.each([
    [
      'a plain secret',
      client(`secret: ${CANARY}`),
      {},
      [
        '7:13 clients[0].secret: must be a reference ${NAME}: a secret in the file itself is allowed only with demo: true',
      ],
    ],
    [
      'a plain password',
      user(`password: ${CANARY}`),
      {},
      [
        '5:15 users[0].password: must be a reference ${NAME}: a password in the file itself is allowed only with demo: true',
      ],
    ],
    [
      'a default that is a plain secret',
      client(`secret: \${S:-${CANARY}}`),
      {},
      [
        '7:13 clients[0].secret: must be a reference ${NAME} alone, with nothing around it and no default: a secret in the file itself is allowed only with demo: true',
      ],
    ],
    [
      'a reference with text around it',
      client(`secret: x\${S}${CANARY}`),
      { S: CANARY },
      [
        '7:13 clients[0].secret: must be a reference ${NAME} alone, with nothing around it and no default: a secret in the file itself is allowed only with demo: true',
      ],
    ],
    [
      'a missing variable',
      client('secret: ${SERVICE_SECRET}'),
      { S: CANARY },
      ['7:13 clients[0].secret: needs the environment variable SERVICE_SECRET, which is not set'],
    ],
    [
      'an empty variable',
      client('secret: ${S}'),
      { S: '' },
      ['7:13 clients[0].secret: needs the environment variable S, which is not set'],
    ],
    [
      'a short variable',
      client('secret: ${S}'),
      { S: CANARY.slice(0, 15) },
      ['7:13 clients[0].secret: the value of S is shorter than 16 characters'],
    ],
    [
      'a short password variable',
      user('password: ${P}'),
      { P: CANARY.slice(0, 15) },
      ['5:15 users[0].password: the value of P is shorter than 16 characters'],
    ],
    [
      'a line break at the end of a variable',
      client('secret: ${S}'),
      { S: `${CANARY}\n` },
      ['7:13 clients[0].secret: the value of S has a character that is not printable ASCII, such as a line break'],
    ],
    [
      'a number',
      client('secret: 1234567890123456789'),
      {},
      ['7:13 clients[0].secret: must be a reference to a secret, not a number; put it in quotes'],
    ],
    [
      'three at once',
      client(`secrets: [${CANARY}1, ${CANARY}2, ${CANARY}3]`, true),
      {},
      ['7:14 clients[0].secrets: has 3 entries, more than the 2 allowed'],
    ],
    [
      'the same one twice',
      client('secrets: ["${A}", "${B}"]'),
      { A: CANARY, B: CANARY },
      ['7:23 clients[0].secrets[1]: is the same as clients[0].secrets[0]'],
    ],
    [
      'a secret for a hash',
      client(`secretHash: ${CANARY}`),
      {},
      [
        '7:17 clients[0].secretHash: this is not "sha256:" and 43 characters of base64url, as "grantway hash-secret" prints it',
      ],
    ],
    [
      'a password for a hash',
      user('passwordHash: ${P}'),
      { P: CANARY },
      ['5:19 users[0].passwordHash: the value of P is not an argon2id hash as "grantway hash-password" prints it'],
    ],
  ])('house: %s', (_what, text, variables, problems) => {
    expect(problemsOf(text, variables)).toEqual(problems);
  });

  it.each([
    ['a plain secret', client(`secret: ${CANARY.slice(0, 3)}`, true)],
    ['a default', client('secret: ${S:-abc}', true)],
    ['a plain password', user('password: "123"', true)],
  ])('house: a demo may have %s', (_what, text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  it.each([
    ['YAML that is none', `environment: e\nclients: [{ secret: ${CANARY}, "${CANARY}`],
    ['a list for a secret', client(`secret: [${CANARY}]`)],
    ['a map for a password', user(`password: { ${CANARY}: ${CANARY} }`).replace(`{ ${CANARY}:`, '{ x:')],
    ['a secret where a URI belongs', client('redirectUris: ["${S}", "${S}#"]')],
    ['a secret where an origin belongs', client('allowedOrigins: ["${S}", "${S}"]')],
    [
      'two audiences made of one',
      'environment: e\nresources:\n  - { name: a, audience: "x:${S}", scopes: [] }\n  - { name: b, audience: "x:${S}", scopes: [] }',
    ],
    ['an unknown escape', `environment: e\nname: "${CANARY}\\q"`],
  ])('HT-06: no value is in a message: %s', (_what, text) => {
    const problems = problemsOf(text, { S: CANARY });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toContain('canary');
  });
});
