import { Storage } from './support/database.js';
import { DEVICE_CODE, Device, deviceTenant, type Started } from './support/device.js';
import { Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { type Answer, basic, request } from './support/http.js';
import { target } from './support/target.js';
import { expectClean, expectErrorPage, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

describe('device authorization endpoint, seeds 7.7', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let tv: Device;
  let console: Device;

  beforeAll(async () => {
    tenant = await deviceTenant(({ clients }) => {
      const [television] = clients.filter(({ id }) => id === 'tv') as [(typeof clients)[0]];
      clients.push(
        { ...television, id: 'pathed', device: { pathId: 'living-room', lifetime: 90, interval: 2 } },
        { ...television, id: 'branded', device: { pathId: 'unused', verificationUri: 'https://tv.example/link' } },
        { ...television, id: 'linked', device: { verificationUri: 'https://tv.example/link?code={user_code}' } },
        { ...television, id: 'crowded' },
        {
          ...television,
          id: 'deviceless',
          grantTypes: ['authorization_code'],
          redirectUris: ['https://tv.example/cb'],
        },
      );
    });
    tv = new Device(tenant.app('tv'));
    console = new Device(tenant.app('console'));
  });
  // A public client's starts are counted by address, and all tests come from one.
  beforeEach(() => storage.rows(`DELETE FROM attempt_counter WHERE key LIKE 'device-starts:%'`));
  afterAll(() => storage.close());

  const page = () => `${target.baseUrl}/${tenant.id}/device`;
  const metadataOf = async ({ issuer }: Tenant) =>
    (await request(`${issuer}/.well-known/openid-configuration`)).json<Record<string, unknown>>();

  it('RFC 8628 §3.2 the whole answer, and no cache keeps it', async () => {
    const answer = await sameVerdict(() => tv.request());
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { device_code, user_code, ...rest } = answer.json<Started>();
    expect(device_code).toMatch(/^gwdc_[\w-]{22}\.[\w-]{43}$/);
    expect(user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(rest).toEqual({
      verification_uri: page(),
      verification_uri_complete: `${page()}?user_code=${user_code}`,
      expires_in: 600,
      interval: 5,
    });
  });

  it('A17 RFC 8628 §4 discovery names the endpoint while the grant lives, and not where it is off', async () => {
    const found = await everywhere(
      () => metadataOf(tenant),
      (metadata) => 'device_authorization_endpoint' in metadata,
    );
    for (const metadata of found) {
      expect(metadata['device_authorization_endpoint']).toBe(`${tenant.issuer}/device_authorization`);
      expect(metadata['grant_types_supported']).toContain(DEVICE_CODE);
    }
    const off = await metadataOf(await Tenant.create());
    expect(off).not.toHaveProperty('device_authorization_endpoint');
    expect(off['grant_types_supported']).not.toContain(DEVICE_CODE);
  });

  it.each([
    ['D1 an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['D1 no client', { client_id: undefined }, 401, 'invalid_client'],
    ['DV-07 a confidential client without its secret', { client_id: 'console' }, 401, 'invalid_client'],
    ['DV-07 CA-01 … with a wrong one', { client_id: 'console', client_secret: 'wrong' }, 401, 'invalid_client'],
    ['D1 a client without the grant', { client_id: 'deviceless' }, 400, 'unauthorized_client'],
    ['D1 an unknown scope', { scope: 'openid nonsense' }, 400, 'invalid_scope'],
    ['D1 CVE-2024-52287 TX-02 a scope it has not registered', { scope: 'billing:read' }, 400, 'invalid_scope'],
    ['RFC 8707 §2 an unknown resource', { resource: 'https://nobody.example' }, 400, 'invalid_target'],
    ['DV-08 CO-08 a challenge without a method', { code_challenge: 'c'.repeat(43) }, 400, 'invalid_request'],
  ])('%s is refused, and leaves nothing behind', async (_what, changes, status, error) => {
    const answer = await unchanged(storage, tenant.id, () => tv.request(changes));
    expectJsonError(answer, status, error);
    expectClean(await tv.request());
  });

  it('D1 off for the environment: unauthorized_client, and no page', async () => {
    const other = await Tenant.create(({ clients }) => {
      clients.push({ id: 'tv', auth: 'none', grantTypes: ['refresh_token'], scopes: ['openid'] });
    });
    const answer = await unchanged(storage, other.id, () => new Device(other.app('tv')).request({ scope: 'openid' }));
    expectJsonError(answer, 400, 'unauthorized_client');
    expectErrorPage(await other.person().get(`${target.baseUrl}/${other.id}/device`), 404);
    expect((await tenant.person().follow(page())).text).toContain('usernamePassword.check');
  });

  it('X1 X6 only a form, every parameter once', async () => {
    const url = `${tenant.issuer}/device_authorization`;
    const post = (body: string, type = 'application/x-www-form-urlencoded') =>
      request(url, { method: 'POST', headers: { 'content-type': type }, body });
    const get = await request(`${url}?client_id=tv&scope=openid`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const json = await post('{"client_id":"tv"}', 'application/json');
    expectJsonError(json, 400, 'invalid_request');
    expectJsonError(await post('client_id=tv&scope=openid&scope=openid'), 400, 'invalid_request');
    expectJsonError(await post('client_id=tv&client_id=tv&scope=openid'), 400, 'invalid_request');
    expect((await post('client_id=tv&scope=openid&code_challenge=')).status).toBe(200);
  });

  it('DV-07 a confidential client with its secret', async () => {
    expect(await console.start()).toHaveProperty('device_code');
    const wrong = await console.request({}, basic('console', 'wrong'));
    expectJsonError(wrong, 401, 'invalid_client', 'wrong');
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  it('D10 a client’s own lifetime, interval and path', async () => {
    const started = await new Device(tenant.app('pathed')).start();
    expect(started).toMatchObject({
      expires_in: 90,
      interval: 2,
      verification_uri: `${page()}/living-room`,
      verification_uri_complete: `${page()}/living-room?user_code=${started.user_code}`,
    });
  });

  it('D10 a page of its own: no complete address, unless it can carry the code', async () => {
    const branded = await new Device(tenant.app('branded')).start();
    expect(branded.verification_uri).toBe('https://tv.example/link');
    expect(branded).not.toHaveProperty('verification_uri_complete');
    const linked = await new Device(tenant.app('linked')).start();
    expect([linked.verification_uri, linked.verification_uri_complete]).toEqual([
      'https://tv.example/link',
      `https://tv.example/link?code=${linked.user_code}`,
    ]);
  });

  it('D10 the page: general, by path id and by client id; an unknown id gets the general one', async () => {
    const titles = async (path: string) => {
      const answer = await tenant.person().follow(`${page()}${path}`);
      expectClean(answer);
      expect(answer.text).toContain('usernamePassword.check');
      return answer.text.includes('Living-room TV');
    };
    expect(await titles('')).toBe(false);
    expect(await titles('/nobody')).toBe(false);
    expect(await titles('/living-room')).toBe(true);
    expect(await titles('/tv')).toBe(true);
  });

  it('DV-05 opening the page is a redirect to a flow, and decides nothing', async () => {
    const started = await tv.start();
    const before = await tv.poll(started);
    const answer = await tenant.person().get(started.verification_uri_complete ?? '');
    expect([answer.status, answer.location]).toEqual([303, expect.stringContaining(`/${tenant.id}/signon?flowId=`)]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(before.error).toBe('authorization_pending');
    expect(['authorization_pending', 'slow_down']).toContain((await tv.poll(started)).error);
  });

  it('D9 CO-11 codes are never the same, and are stored as hashes alone', async () => {
    const all = await Promise.all(Array.from({ length: 30 }, () => tv.start()));
    expect(new Set(all.map(({ device_code }) => device_code)).size).toBe(30);
    expect(new Set(all.map(({ user_code }) => user_code)).size).toBe(30);
    const [{ device_code, user_code }] = all as [Started];
    const [, secret = ''] = device_code.split('.');
    for (const text of [secret, user_code, user_code.replace('-', '')]) expect(await storage.holds(text)).toBe(false);
  });

  it('DV-01 D9 a short format of codes is open for five minutes at most', async () => {
    const short = await deviceTenant((file) => {
      file.userCode = { characters: 'letters', length: 6 };
    });
    const started = await new Device(short.app('tv')).start();
    expect([started.user_code, started.expires_in]).toEqual([expect.stringMatching(/^[A-Z]{6}$/), 300]);
  });

  it('DV-07 the 1001st open request of a client: 429 and no row; another client is not held up', async () => {
    const crowded = new Device(tenant.app('crowded'));
    await storage.rows(
      `INSERT INTO device_user_code (environment_id, code_hash, device_authorization_id, client_id, expires_at)
       SELECT $1, sha256(n::text::bytea), gen_random_uuid(), 'crowded', now() + interval '10 minutes'
       FROM generate_series(1, 999) AS n`,
      [tenant.id],
    );
    expect((await crowded.request()).status).toBe(200);
    const refused: Answer = await unchanged(storage, tenant.id, () => crowded.request());
    expectJsonError(refused, 429, 'too_many_requests');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await tv.request()).status).toBe(200);
    await storage.rows(`UPDATE device_user_code SET expires_at = now() WHERE client_id = 'crowded'`);
    expect((await crowded.request()).status).toBe(200);
  });
});
