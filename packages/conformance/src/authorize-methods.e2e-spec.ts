import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { request } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { expectCode, expectErrorPage, expectPage, expectRefusal, sameVerdict, unchanged } from './support/verdict.js';

describe('methods, media types and sizes at the authorization endpoint', () => {
  const storage = new Storage();
  let tenant: Tenant;

  const flows = () => storage.rows('SELECT id FROM flow WHERE environment_id = $1', [tenant.id]);

  beforeAll(async () => {
    tenant = await Tenant.create();
  });

  afterAll(() => storage.close());

  it('AZ-19 GET and form POST lead to the same place', async () => {
    const app = tenant.app();
    const person = tenant.person();
    for (const begin of [
      () => person.get(app.authorizeUrl()),
      () => person.post(`${app.issuer}/authorize`, app.authorizeParams()),
    ]) {
      expectPage(await person.settle(await begin()), 'sign-on');
    }
    await app.signIn(person, ADA);
    expectCode(await person.get(app.authorizeUrl()), app);
    expectCode(await person.post(`${app.issuer}/authorize`, app.authorizeParams()), app);
  });

  it('AZ-19 a form too long for an address needs no detour', async () => {
    const app = tenant.app();
    const person = tenant.person();
    const params = app.authorizeParams({ ui_locales: 'en '.repeat(3_000) });
    let page = await person.settle(await person.post(`${app.issuer}/authorize`, params));
    expectPage(page, 'sign-on');
    page = await person.signOn(page, 'grace', 'another horse battery');
    expectCode(await person.consent(page), app);
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/json\ta', ''])(
    'AZ-19 POST of media type "%s" → 400, nothing stored',
    async (type) => {
      const { issuer } = tenant.app();
      const body = type.includes('json') ? JSON.stringify(tenant.app().authorizeParams()) : 'client_id=web';
      await unchanged(storage, tenant.id, async () =>
        expectErrorPage(
          await sameVerdict(() =>
            rawRequest(`${issuer}/authorize`, { method: 'POST', headers: { 'content-type': type }, body }),
          ),
        ),
      );
    },
  );

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'])(
    'AZ-19 %s → 405 with Allow, no interaction',
    async (method) => {
      const url = tenant.app().authorizeUrl();
      await unchanged(storage, tenant.id, async () => {
        for (const each of [url, `${url}&prompt=login`]) {
          const answer = await rawRequest(each, { method, headers: { origin: 'https://evil.test' } });
          expectRefusal(answer);
          expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([405, null]);
          expect(answer.headers.get('allow')).toBe('GET, POST');
        }
      });
    },
  );

  it('AZ-19 positive control: the same address by GET makes one interaction', async () => {
    const before = await flows();
    await request(tenant.app().authorizeUrl());
    expect(await flows()).toHaveLength(before.length + 1);
  });

  it('AZ-18 CVE-2026-4634 64 KB of query, or 100 000 scope tokens → refused before they cost anything, nothing stored', async () => {
    const app = tenant.app();
    const scope = 'a '.repeat(100_000);
    await unchanged(storage, tenant.id, async () => {
      const long = await request(`${app.authorizeUrl()}&x=${'y'.repeat(65_536)}`);
      expect([400, 414, 431]).toContain(long.status);
      const tooLong = await request(app.authorizeUrl({ state: 'y'.repeat(9_000) }));
      expectErrorPage(tooLong, 414);
      const posted = await tenant.person().post(`${app.issuer}/authorize`, app.authorizeParams({ scope }));
      expectErrorPage(posted, 413);
      const fields = Array.from({ length: 10_000 }, (_, index) => `f${index}=`)
        .join('&')
        .slice(0, 60_000);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expectErrorPage(await request(`${app.issuer}/authorize`, { method: 'POST', headers, body: fields }));
    });
    expectPage(await tenant.person().follow(app.authorizeUrl()), 'sign-on');
  });

  it.each(['%', '%zz', '%c3%28', '%00', '%ff'])('AZ-18 AZ-19 broken text %s in a parameter → page', async (text) => {
    for (const name of ['state', 'client_id', 'flowId', text]) {
      expectErrorPage(await request(`${tenant.app().authorizeUrl()}&${name}=${text}`));
      expectErrorPage(await request(`${tenant.issuer}/resume?${name}=${text}`));
    }
  });
});
