import { decodeJwt, type JSONWebKeySet } from 'jose';
import type { Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { postForm, request } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { target } from './support/target.js';
import { expectJsonError } from './support/verdict.js';

describe('MT environments share nothing', () => {
  const storage = new Storage();
  let one: Tenant;
  let two: Tenant;

  beforeAll(async () => {
    [one, two] = await Promise.all([Tenant.create(), Tenant.create()]);
  });
  afterAll(() => storage.close());

  const metadata = (of: Tenant) => `${of.issuer}/.well-known/openid-configuration`;

  it('MT-02 AZ-09 GHSA-2wmj-46rj-qm2w CVE-2026-29067 the issuer comes from configuration, whatever host a request names', async () => {
    const plain = (await request(metadata(one))).text;
    const spoofs: Record<string, string>[] = [
      { host: 'evil.example' },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/evil' },
      { forwarded: 'host=evil.example;proto=https' },
      { 'x-original-url': '/evil', 'x-rewrite-url': '/evil' },
    ];
    for (const headers of spoofs) expect((await rawRequest(metadata(one), { headers })).text).toBe(plain);
    const { pathname } = new URL(metadata(one));
    const absolute = await rawRequest(metadata(one), { target: `http://evil.example${pathname}` });
    // A request line with a foreign host in it may be refused, but never believed.
    expect([plain, 404, 400]).toContain(absolute.status === 200 ? absolute.text : absolute.status);
  });

  it('MT-02 a token asked for under a foreign host still says whose it is', async () => {
    const token = await rawRequest(`${one.issuer}/token`, {
      method: 'POST',
      headers: {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`service:${one.client('service').secret}`).toString('base64')}`,
      },
      body: 'grant_type=client_credentials',
    });
    expect(decodeJwt(token.json<Tokens>().access_token).iss).toBe(one.issuer);
  });

  it('MT-03 JW-07 the key sets are disjoint', async () => {
    const kids = async (of: Tenant) =>
      (await request(`${of.issuer}/jwks`)).json<JSONWebKeySet>().keys.map(({ kid }) => kid);
    const [here, there] = [await kids(one), await kids(two)];
    expect([here.length, there.length]).toEqual([2, 2]);
    expect(here.filter((kid) => there.includes(kid))).toEqual([]);
  });

  it('MT-03 wrong passwords and secrets in one environment use up nobody’s tries in the other', async () => {
    const [flooded, calm] = await Promise.all([Tenant.create(), Tenant.create()]);
    const person = flooded.person();
    let page = await person.follow(flooded.app().authorizeUrl());
    for (let tries = 0; tries < 11 && page.status !== 429; tries += 1) page = await person.signOn(page, 'ada', 'wrong');
    expect(page.status).toBe(429);
    const wrong = `Basic ${Buffer.from('service:wrong').toString('base64')}`;
    const guess = () =>
      postForm(`${flooded.issuer}/token`, { grant_type: 'client_credentials' }, { authorization: wrong });
    for (let tries = 0; tries < 60 && (await guess()).status !== 429; tries += 1);
    expectJsonError(await guess(), 429, 'too_many_requests');

    expect(await calm.app().code(ADA)).toBeTruthy();
    expect((await calm.app('service').token({ grant_type: 'client_credentials' })).status).toBe(200);
  });

  it('MT-03 while one environment is flooded the other is served', async () => {
    const flood = Promise.all(
      Array.from({ length: 150 }, () => two.app('service').token({ grant_type: 'client_credentials' })),
    );
    const calm = await Promise.all(
      Array.from({ length: 10 }, () => one.app('service').token({ grant_type: 'client_credentials' })),
    );
    expect(calm.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await flood).filter(({ status }) => status >= 500)).toEqual([]);
  });

  it('MT-03 sessions of both environments live side by side in one browser', async () => {
    const person = one.person();
    await one.app().signIn(person, ADA);
    await two.app().signIn(person, { username: 'grace', password: 'another horse battery' });
    for (const tenant of [one, two]) {
      const { code = '', iss } = (await person.follow(tenant.app().authorizeUrl({ prompt: 'none' }))).params();
      expect([code.length > 20, iss]).toEqual([true, tenant.issuer]);
    }
  });

  it('MT-04 CVE-2026-105209 CVE-2024-42490 a body, query or header that names another environment is ignored', async () => {
    const before = await storage.fingerprint(two.id);
    const names = { environment: two.id, env: two.id, environmentId: two.id, tenant_id: two.id, issuer: two.issuer };
    const headers = { 'x-env': two.id, 'x-environment': two.id, 'x-tenant-id': two.id, 'x-environment-id': two.id };
    const authorization = `Basic ${Buffer.from(`service:${one.client('service').secret}`).toString('base64')}`;
    const answer = await postForm(
      `${one.issuer}/token?${new URLSearchParams(names)}`,
      { grant_type: 'client_credentials', ...names },
      { ...headers, authorization },
    );
    expect(decodeJwt(answer.json<Tokens>().access_token).iss).toBe(one.issuer);
    const said = await request(`${metadata(one)}?${new URLSearchParams(names)}`, { headers });
    expect(said.json()['issuer']).toBe(one.issuer);
    const flow = await request(one.app().authorizeUrl({ ...names, issuer: two.issuer }), { headers });
    expect(flow.location?.startsWith(`${target.baseUrl}/${one.id}/signon?`)).toBe(true);
    expect(await storage.fingerprint(two.id)).toEqual(before);
  });
});
