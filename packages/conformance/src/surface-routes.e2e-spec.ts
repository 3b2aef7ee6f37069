import { Storage } from './support/database.js';
import { addressOf, DOORS, type Door, doorAt } from './support/doors.js';
import { Tenant } from './support/environments.js';
import { withEveryGrant } from './support/every-grant.js';
import { request } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { target } from './support/target.js';
import { expectClean, expectErrorPage } from './support/verdict.js';

const OTHER_METHODS = ['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'HEAD', 'OPTIONS', 'GET', 'POST'];

describe('HT-02 routes and methods', () => {
  const storage = new Storage();
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await Tenant.create();
  });
  afterAll(() => storage.close());

  const urlOf = (door: Door) => addressOf(door, { baseUrl: target.baseUrl, id: tenant.id });

  it('house: whatever the metadata names is in the table of these tests', async () => {
    const everything = await Tenant.create(withEveryGrant);
    const metadata = (await request(`${everything.issuer}/.well-known/openid-configuration`)).json();
    const named = Object.entries(metadata).filter(([name]) => /_(?:endpoint|uri)$/.test(name));
    const known = named.map(([name, url]) => [name, doorAt(String(url))?.metadata]);
    expect(known).toEqual(named.map(([name]) => [name, name]));
    expect(named.map(([name]) => name).sort()).toEqual(DOORS.flatMap(({ metadata }) => metadata ?? []).sort());
  });

  it.each(DOORS)('X1 AZ-19 HT-02 $path: every method but $methods → 405 with Allow', async (door) => {
    const before = await storage.fingerprint(tenant.id);
    const { methods, cached, cors, audience } = door;
    const refused = OTHER_METHODS.filter((method) => !(methods as readonly string[]).includes(method))
      // Nothing is said of a HEAD at what a GET may fetch from a cache, nor of the preflight where scripts may ask.
      .filter((method) => !(method === 'HEAD' && cached))
      .filter((method) => !(method === 'OPTIONS' && cors !== 'none' && audience === 'client'));
    for (const method of refused) {
      const answer = await rawRequest(urlOf(door), { method });
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
    for (const door of DOORS) {
      const plain = urlOf(door);
      const bent = bend(new URL(plain).pathname);
      const [expected, answer] = [await rawRequest(plain, {}), await rawRequest(target.baseUrl, { target: bent })];
      expectClean(answer);
      expect({ path: door.path, status: [404, 400, expected.status] }).toMatchObject({
        path: door.path,
        status: expect.arrayContaining([answer.status]),
      });
    }
  });

  it('HT-02 an id in an address takes no tricks', async () => {
    for (const { path } of DOORS.filter(({ path }) => path.includes(':id'))) {
      for (const id of ['..', '.', '%2e%2e', '%00', '%20', 'a%2fb', 'a;b', '%ff', 'a'.repeat(129), '*', '']) {
        const answer = await rawRequest(target.baseUrl, {
          target: path.replace(':environment', tenant.id).replace(':id', id),
        });
        expectClean(answer);
        expect([400, 404]).toContain(answer.status);
      }
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
