import { configOf, problemsOf } from '../../test/environment-files.js';

const withRedirect = (uri: string) =>
  `environment: e\nclients:\n  - id: c\n    auth: none\n    redirectUris: ["${uri}"]`;
const redirectOf = (uri: string, variables = {}) => configOf(withRedirect(uri), variables).clients[0]?.redirectUris[0];

describe('references', () => {
  it.each([
    ['${PUBLIC_URL}/cb', { PUBLIC_URL: 'https://id.example' }, 'https://id.example/cb'],
    ['${PUBLIC_URL}/cb', { PUBLIC_URL: 'https://id.example/' }, 'https://id.example/cb'],
    ['${PUBLIC_URL}/cb', {}, 'http://localhost:3000/cb'],
    ['https://${HOST}:${PORT}/cb', { HOST: 'c.example', PORT: '8443' }, 'https://c.example:8443/cb'],
    ['${BASE:-https://c.example}/cb', {}, 'https://c.example/cb'],
    ['${BASE:-https://c.example}/cb', { BASE: '' }, 'https://c.example/cb'],
    ['${BASE:-https://c.example}/cb', { BASE: 'https://d.example' }, 'https://d.example/cb'],
    ['https://c.example/$5', {}, 'https://c.example/$5'],
  ])('house: %s with %j', (uri, variables, meant) => {
    expect(redirectOf(uri, variables)).toBe(meant);
  });

  it.each([
    ['${BASE}/cb', '"${BASE}/cb" needs the environment variable BASE, which is not set'],
    ['https://${A}.${B}/', '"https://${A}.${B}/" needs the environment variables A, B, which are not set'],
    [
      '${base}/cb',
      '"${base}/cb" has a "${" that is not a reference: write ${NAME} or ${NAME:-default}, the name in capitals',
    ],
    ['${BASE', '"${BASE" has a "${" that is not a reference: write ${NAME} or ${NAME:-default}, the name in capitals'],
    [
      '${__proto__}',
      '"${__proto__}" has a "${" that is not a reference: write ${NAME} or ${NAME:-default}, the name in capitals',
    ],
  ])('house: %s is refused', (uri, message) => {
    expect(problemsOf(withRedirect(uri))).toEqual([`5:20 clients[0].redirectUris[0]: ${message}`]);
  });

  it('house: is not filled in where it would be a surprise, and is not kept either', () => {
    expect(problemsOf('environment: e\nname: ${NAME}', { NAME: 'x' })).toEqual([
      '2:7 name: has a ${…} reference, which is not replaced here',
    ]);
  });

  it('house: also serves origins and audiences', () => {
    const { clients, resources } = configOf(
      'environment: e\nclients: [{ id: c, auth: none, redirectUris: [https://c.example/], allowedOrigins: ["${O}"] }]\n' +
        'resources: [{ name: r, audience: "${O}/api", scopes: [{ name: s }] }]',
      { O: 'https://o.example' },
    );
    expect([clients[0]?.allowedOrigins, resources[0]?.audience]).toEqual([
      ['https://o.example'],
      'https://o.example/api',
    ]);
  });
});
