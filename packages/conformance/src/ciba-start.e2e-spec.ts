import { type Asked, aTill, CIBA, cibaTenant, RequestRows, Till } from './support/ciba.js';
import { Storage } from './support/database.js';
import { SECRET, Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { basic, request } from './support/http.js';
import { target } from './support/target.js';
import { expectClean, expectErrorPage, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

describe('backchannel authentication endpoint, seeds 7.9', () => {
  const storage = new Storage();
  const rows = new RequestRows(storage);
  let tenant: Tenant;
  let till: Till;

  beforeAll(async () => {
    tenant = await cibaTenant((file) => {
      const { clients, users } = file;
      clients.push(
        aTill(file, { id: 'coded', backchannel: { userCode: true } }),
        aTill(file, { id: 'crowded' }),
        aTill(file, { id: 'ping', backchannel: { delivery: 'ping', notificationEndpoint: 'http://127.0.0.1:9/' } }),
        aTill(file, { id: 'push', backchannel: { delivery: 'push', notificationEndpoint: 'http://127.0.0.1:9/' } }),
        { id: 'spa-till', auth: 'none', grantTypes: ['refresh_token'], scopes: ['openid'] },
      );
      users.push(
        { username: 'careful', userCode: '4711' },
        { username: 'guessed', userCode: '4711' },
        { username: 'busy' },
        { username: 'locked', status: 'locked' },
        { username: 'disabled', status: 'disabled' },
        { username: 'stale', password: 'yet another horse battery', mustChangePassword: true },
      );
    });
    till = new Till(tenant.app('till'));
  });
  /** A client has fifty open at most, a user three. */
  afterEach(async () => {
    await storage.rows(`UPDATE backchannel_request SET expires_at = now() WHERE environment_id = $1`, [tenant.id]);
  });
  afterAll(() => storage.close());

  const tillOf = (id: string) => new Till(tenant.app(id));
  const metadataOf = async ({ issuer }: Tenant) =>
    (await request(`${issuer}/.well-known/openid-configuration`)).json<Record<string, unknown>>();
  const pending = async (username: string) => {
    const [row] = await storage.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM backchannel_request JOIN directory_user u ON u.id = user_id AND u.environment_id = $1
       WHERE backchannel_request.environment_id = $1 AND u.username = $2`,
      [tenant.id, username],
    );
    return row?.n ?? 0;
  };

  it('CIBA Core §7.3 CB-03 the whole answer, and no cache keeps it', async () => {
    const answer = await sameVerdict(() => till.request());
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { auth_req_id, ...rest } = answer.json<Asked>();
    expect(auth_req_id).toMatch(/^gwcb_[\w-]{22}\.[\w-]{43}$/);
    expect(rest).toEqual({ expires_in: 300, interval: 5 });
    const [, secret = ''] = auth_req_id.split('.');
    expect(await storage.holds(secret)).toBe(false);
  });

  it('seeds 5 PingOne’s name for the endpoint is the same endpoint', async () => {
    const asked = await new Till(tenant.app('till'), 'cibaAuthorization').ask();
    expectJsonError(await till.poll(asked), 400, 'authorization_pending');
    expectJsonError(
      await new Till(tenant.app('till'), 'cibaAuthorization').request({ scope: undefined }),
      400,
      'invalid_request',
    );
  });

  it('B11 A17 discovery names endpoint and modes while the grant lives, and not where it is off', async () => {
    const found = await everywhere(
      () => metadataOf(tenant),
      (metadata) => 'backchannel_authentication_endpoint' in metadata,
    );
    for (const metadata of found) {
      expect(metadata).toMatchObject({
        backchannel_authentication_endpoint: `${tenant.issuer}/bc-authorize`,
        backchannel_token_delivery_modes_supported: ['poll', 'ping', 'push'],
        backchannel_user_code_parameter_supported: true,
        backchannel_authentication_request_signing_alg_values_supported: expect.arrayContaining(['ES256', 'PS256']),
      });
      expect(metadata['backchannel_authentication_request_signing_alg_values_supported']).not.toContain('RS256');
      expect(metadata['grant_types_supported']).toContain(CIBA);
    }
    const off = await metadataOf(await Tenant.create());
    expect(off).not.toHaveProperty('backchannel_authentication_endpoint');
    expect(off['grant_types_supported']).not.toContain(CIBA);
  });

  it.each([
    ['B1 CB-01 no hint', { login_hint: undefined }, 400, 'invalid_request'],
    ['B1 CB-01 two hints', { id_token_hint: 'x' }, 400, 'invalid_request'],
    ['B1 no scope', { scope: undefined }, 400, 'invalid_request'],
    ['B1 an empty scope', { scope: '' }, 400, 'invalid_request'],
    ['B1 a scope without openid', { scope: 'profile' }, 400, 'invalid_request'],
    ['B1 a requested_expiry that is no number', { requested_expiry: 'soon' }, 400, 'invalid_request'],
    ['B1 a negative requested_expiry', { requested_expiry: '-1' }, 400, 'invalid_request'],
    ['B1 a broken requested_expiry', { requested_expiry: '1.5' }, 400, 'invalid_request'],
    ['B2 an unknown scope', { scope: 'openid nonsense' }, 400, 'invalid_scope'],
    ['B2 X9 a scope it has not registered', { scope: 'openid billing:read' }, 400, 'invalid_scope'],
    ['RFC 8707 §2 an unknown resource', { resource: 'https://nobody.example' }, 400, 'invalid_target'],
    ['B2 CB-01 nobody', { login_hint: 'nobody' }, 400, 'unknown_user_id'],
    ['B2 a hint no name can be', { login_hint: '\u0000' }, 400, 'invalid_request'],
    ['B2 a hint longer than any name', { login_hint: 'x'.repeat(5_000) }, 400, 'unknown_user_id'],
    ['B6 CB-05 a locked user', { login_hint: 'locked' }, 403, 'access_denied'],
    ['B6 CB-05 a disabled user', { login_hint: 'disabled' }, 403, 'access_denied'],
    ['CVE-2026-9798 a user whose password expired', { login_hint: 'stale' }, 403, 'access_denied'],
    ['B5 a binding_message that is too long', { binding_message: 'x'.repeat(257) }, 400, 'invalid_binding_message'],
    ['B5 one of two lines', { binding_message: 'one\ntwo' }, 400, 'invalid_binding_message'],
    ['B5 CB-02 one that turns the line around', { binding_message: 'pay \u202e01$' }, 400, 'invalid_binding_message'],
    ['B5 one nobody can see', { binding_message: '\u200b' }, 400, 'invalid_binding_message'],
    ['B5 one of blanks', { binding_message: '   ' }, 400, 'invalid_binding_message'],
    ['B8 an id_token_hint that is nothing', { login_hint: undefined, id_token_hint: 'x' }, 400, 'invalid_request'],
    ['B2 a login_hint_token that is nothing', { login_hint: undefined, login_hint_token: 'x' }, 400, 'invalid_request'],
    ['B7 a request that is nothing', { login_hint: undefined, scope: undefined, request: 'x' }, 400, 'invalid_request'],
  ])('%s is refused, and nobody is asked', async (_what, changes, status, error) => {
    const answer = await unchanged(storage, tenant.id, () => till.request(changes));
    expectJsonError(answer, status, error);
    expectClean(await till.request());
  });

  it.each([
    ['B3 CA-01 a wrong secret', () => till.request({}, basic('till', 'wrong')), 401, 'invalid_client'],
    ['B3 an unknown client', () => till.request({}, basic('nobody', SECRET)), 401, 'invalid_client'],
    ['B3 no client', () => till.request({}, {}), 401, 'invalid_client'],
    ['B3 CA-11 a public client', () => till.request({ client_id: 'spa-till' }, {}), 400, 'unauthorized_client'],
    ['B3 a client without the grant', () => tillOf('web').request(), 400, 'unauthorized_client'],
  ])('%s is refused, and nobody is asked', async (_what, act, status, error) => {
    expectJsonError(await unchanged(storage, tenant.id, act), status, error);
    expectClean(await till.request());
  });

  it('B3 off for the environment: unauthorized_client, and no approvals page', async () => {
    const other = await cibaTenant((file) => {
      file.grantTypes = file.grantTypes?.filter((type) => type !== CIBA) ?? [];
      file.clients = file.clients.map((client) => ({
        ...client,
        grantTypes: client.grantTypes.filter((type) => type !== CIBA),
      }));
    });
    const answer = await unchanged(storage, other.id, () => new Till(other.app('till')).request());
    expectJsonError(answer, 400, 'unauthorized_client');
    expectErrorPage(await other.person().get(`${target.baseUrl}/${other.id}/approvals`), 404);
    expect((await tenant.person().follow(`${target.baseUrl}/${tenant.id}/approvals`)).text).toContain(
      'usernamePassword.check',
    );
  });

  it.each(['bc-authorize', 'cibaAuthorization'])(
    'B1 X1 X2 %s takes only a form, every parameter once',
    async (path) => {
      const url = `${tenant.issuer}/${path}`;
      const post = (body: string, type = 'application/x-www-form-urlencoded') =>
        request(url, { method: 'POST', headers: { ...basic('till', SECRET), 'content-type': type }, body });
      const get = await request(`${url}?scope=openid&login_hint=ada`);
      expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
      expectJsonError(await post('{"scope":"openid"}', 'application/json'), 400, 'invalid_request');
      expectJsonError(await post('scope=openid&scope=openid&login_hint=grace'), 400, 'invalid_request');
      expectJsonError(await post('scope=openid&login_hint=ada&login_hint=grace'), 400, 'invalid_request');
      expect((await post(`scope=openid&login_hint=${Till.somebody()}&unknown=x&binding_message=`)).status).toBe(200);
    },
  );

  it('B5 a message in anybody’s letters, up to its length, is taken', async () => {
    for (const binding_message of ['W4SCT', 'Zahlung 17,20 € – Ünïcödé', '支払い 確認', 'أوافق 12', '🙂'.repeat(256)]) {
      expect((await till.request({ binding_message })).status).toBe(200);
    }
  });

  it.each([
    ['120', 120],
    ['0', 1],
    ['1', 1],
    ['601', 600],
    ['99999999999999999999', 600],
  ])('B13 requested_expiry %s lives %d s, and the answer says so', async (requested_expiry, expected) => {
    const asked = await till.ask({ requested_expiry });
    expect(asked.expires_in).toBe(expected);
    const [row] = await storage.rows<{ left: number }>(
      `SELECT round(extract(epoch FROM expires_at - created_at))::int AS left FROM backchannel_request WHERE environment_id = $1 ORDER BY id DESC LIMIT 1`,
      [tenant.id],
    );
    expect(row?.left).toBe(expected);
  });

  describe('user_code', () => {
    const coded = (changes: Record<string, string | undefined>) =>
      tillOf('coded').request({ login_hint: 'careful', ...changes });

    it('B4 CB-02 needed and absent: missing_user_code; wrong: invalid_user_code; right: asked', async () => {
      expectJsonError(await coded({}), 400, 'missing_user_code');
      expectJsonError(await coded({ user_code: '4712' }), 400, 'invalid_user_code', '4712');
      expectJsonError(await coded({ user_code: 'x'.repeat(5_000) }), 400, 'invalid_user_code');
      expect((await coded({ user_code: '4711' })).status).toBe(200);
    });

    it('B4 a user without a code cannot be asked by a client that needs one; nobody stays nobody', async () => {
      expectJsonError(await coded({ login_hint: Till.somebody(), user_code: '4711' }), 400, 'invalid_user_code');
      expectJsonError(await coded({ login_hint: 'nobody', user_code: '4711' }), 400, 'unknown_user_id');
    });

    it('CB-02 the sixth wrong code → 429, also from another replica, and then the right one waits too', async () => {
      const guess = (user_code: string) => tillOf('coded').request({ login_hint: 'guessed', user_code });
      for (let guesses = 1; guesses <= 5; guesses++)
        expectJsonError(await guess(`000${guesses}`), 400, 'invalid_user_code');
      const sixth = await guess('0006');
      expectJsonError(sixth, 429, 'too_many_requests');
      expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
      expectJsonError(await guess('4711'), 429, 'too_many_requests');
      expect(await pending('guessed')).toBe(0);
      expect((await coded({ user_code: '4711' })).status).toBe(200);
    });
  });

  it('CB-02 the fourth open request for one user → 429, from whatever client; an answer makes room', async () => {
    const ask = (id = 'till') => tillOf(id).request({ login_hint: 'busy' });
    const first = (await ask()).json<Asked>();
    expect([(await ask('bank')).status, (await ask()).status]).toEqual([200, 200]);
    const fourth = await unchanged(storage, tenant.id, () => ask('bank'));
    expectJsonError(fourth, 429, 'too_many_requests');
    expect(fourth.headers.get('retry-after')).toMatch(/^\d+$/);
    await rows.age(first, 301);
    expect((await ask('bank')).status).toBe(200);
  });

  it('CB-02 the 51st open request of one client → 429, whomever it asks; other clients may', async () => {
    const crowded = tillOf('crowded');
    const answers = await Promise.all(Array.from({ length: 50 }, () => crowded.request()));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expectJsonError(await crowded.request(), 429, 'too_many_requests');
    expect((await till.request()).status).toBe(200);
  });

  describe('ping and push', () => {
    it.each(['ping', 'push'])('CIBA Core §7.1 %s needs a bearer token for the notification', async (id) => {
      const client = tillOf(id);
      const { notificationToken } = client;
      const bad = [undefined, '', 'short', 'has spaces in it, and is long enough', 'x'.repeat(1_025)];
      for (const client_notification_token of bad) {
        const answer = await unchanged(storage, tenant.id, () => client.request({ client_notification_token }));
        expectJsonError(answer, 400, 'invalid_request');
      }
      const answer = await client.request({ client_notification_token: notificationToken });
      const body = answer.json<Asked>();
      expect([answer.status, body.interval]).toEqual([200, id === 'push' ? undefined : 5]);
      expect(await storage.holds(notificationToken)).toBe(false);
    });
  });
});
