import { Storage } from './support/database.js';
import { Tenant } from './support/environments.js';
import { rawRequest } from './support/raw-http.js';
import { target } from './support/target.js';
import { expectClean, expectErrorPage } from './support/verdict.js';

/** Every route a street address leads to, and the methods it takes: the table of the contracts, seen from outside. */
const ROUTES = [
  ['/:environment/as/authorize', ['GET', 'POST']],
  ['/:environment/as/resume', ['GET']],
  ['/:environment/signon', ['GET', 'POST']],
  ['/:environment/as/token', ['POST']],
  ['/:environment/as/userinfo', ['GET', 'POST']],
  ['/:environment/as/jwks', ['GET']],
  ['/:environment/as/.well-known/openid-configuration', ['GET']],
  ['/.well-known/oauth-authorization-server/:environment/as', ['GET']],
] as const;

const OTHER_METHODS = ['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'HEAD', 'OPTIONS', 'GET', 'POST'];
const CACHEABLE = /jwks|well-known/;
const CROSS_ORIGIN = /jwks|well-known|token|userinfo/;

describe('HT-02 routes and methods', () => {
  const storage = new Storage();
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await Tenant.create();
  });
  afterAll(() => storage.close());

  const urlOf = (path: string) => target.baseUrl + path.replace(':environment', tenant.id);

  it.each(ROUTES)('X1 AZ-19 %s: every method but %p → 405 with Allow', async (path, methods) => {
    const before = await storage.fingerprint(tenant.id);
    const allowed: readonly string[] = methods;
    const refused = OTHER_METHODS.filter((method) => !allowed.includes(method))
      // Nothing is said of a HEAD at what a GET may fetch from a cache, nor of the preflight where scripts may ask.
      .filter((method) => !(method === 'HEAD' && CACHEABLE.test(path)))
      .filter((method) => !(method === 'OPTIONS' && CROSS_ORIGIN.test(path)));
    for (const method of refused) {
      const answer = await rawRequest(urlOf(path), { method });
      expectClean(answer);
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, methods.join(', ')]);
    }
    expect(await storage.fingerprint(tenant.id)).toEqual(before);
  });

  it('AZ-19 HT-02 HEAD never begins a flow; where a cache may ask it answers as GET does', async () => {
    const before = await storage.fingerprint(tenant.id);
    expect((await rawRequest(tenant.app().authorizeUrl(), { method: 'HEAD' })).status).toBe(405);
    expect(await storage.fingerprint(tenant.id)).toEqual(before);
    const head = await rawRequest(`${tenant.issuer}/jwks`, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it.each([
    ['an encoded slash', (path: string) => path.replace('/as/', '/as%2f')],
    ['an encoded slash, capital', (path: string) => path.replace('/as/', '/as%2F')],
    ['a double slash', (path: string) => path.replace('/as/', '//as//')],
    ['a double slash first', (path: string) => `/${path}`],
    ['a path parameter', (path: string) => `${path};x`],
    ['a path parameter inside', (path: string) => path.replace('/as', '/as;x')],
    ['a trailing dot', (path: string) => `${path}.`],
    ['a trailing /.', (path: string) => `${path}/.`],
    ['a climb', (path: string) => path.replace('/as/', '/as/x/../')],
    ['an encoded climb', (path: string) => path.replace('/as/', '/as/x/%2e%2e/')],
    ['a trailing slash', (path: string) => `${path}/`],
    ['another case', (path: string) => path.replace('/as/', '/AS/')],
    ['an encoded letter', (path: string) => path.replace('/as/', '/%61s/')],
    ['a backslash', (path: string) => path.replace('/as/', '\\as\\')],
    ['an encoded NUL', (path: string) => `${path}%00`],
    ['a broken escape', (path: string) => `${path}%`],
    ['a suffix', (path: string) => `${path}.json`],
  ])('HT-02 CVE-2025-69211 CVE-2026-2293 CVE-2021-32637 %s: the plain path’s verdict, or 404', async (_what, bend) => {
    for (const [path] of ROUTES) {
      const plain = urlOf(path);
      const bent = bend(new URL(plain).pathname);
      const [expected, answer] = [await rawRequest(plain, {}), await rawRequest(target.baseUrl, { target: bent })];
      expectClean(answer);
      expect([404, 400, expected.status]).toContain(answer.status);
    }
  });

  it('HT-02 an environment’s name takes no tricks', async () => {
    for (const name of [
      '..',
      '%2e%2e',
      `${tenant.id}%00`,
      `${tenant.id}%20`,
      tenant.id.toUpperCase(),
      'a'.repeat(65),
      '*',
    ]) {
      const answer = await rawRequest(target.baseUrl, { target: `/${name}/as/jwks` });
      expectClean(answer);
      expect(answer.status).toBe(404);
    }
  });

  it('HT-02 what is not served is a page of ours, not the framework’s', async () => {
    for (const path of [
      '/',
      '/nowhere',
      `/${tenant.id}`,
      `/${tenant.id}/as`,
      '/_assets/../package.json',
      '/_assets/%2e%2e/x',
    ]) {
      expectErrorPage(await rawRequest(target.baseUrl, { target: path }), 404);
    }
  });

  it('HT-02 a request line that is no request → 400 and the connection closed, the server goes on', async () => {
    const answer = await rawRequest(target.baseUrl, { target: '/x\u00e9' }).catch((error: Error) => error);
    expect(answer).toBeDefined();
    expect((await rawRequest(`${tenant.issuer}/jwks`, {})).status).toBe(200);
  });
});
