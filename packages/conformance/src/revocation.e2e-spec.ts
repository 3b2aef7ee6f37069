import type { App, Tokens } from './support/app.js';
import { giveBack, INACTIVE, resourceTenant, told } from './support/companions.js';
import { Storage } from './support/database.js';
import { ADA, ORDERS, SECRET, type Tenant } from './support/environments.js';
import { basic, postForm, request } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { expectClean, expectJsonError, unchanged } from './support/verdict.js';

describe('revocation, seeds §8 revoke, RFC 7009', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;
  let visit: SignedOn;

  beforeAll(async () => {
    tenant = await resourceTenant();
    app = tenant.app();
    visit = new SignedOn(app);
    await visit.tokens();
  });
  afterAll(() => storage.close());

  const url = () => `${tenant.issuer}/revoke`;
  const revokedRows = async () =>
    (await storage.rows<{ n: number }>('SELECT count(*)::int AS n FROM revoked_token'))[0]?.n;

  async function expectAlive({ access_token, refresh_token }: Tokens): Promise<void> {
    expect((await app.userInfo(access_token)).status).toBe(200);
    expect(await told(tenant, 'orders', access_token)).toMatchObject({ active: true });
    expect(await told(tenant, 'web', refresh_token)).toMatchObject({ active: true });
  }

  it('§2.2 an access token: 200 and an empty body; it is over, its siblings and refresh token are not', async () => {
    const tokens = await visit.tokens();
    const sibling = (await app.refresh(tokens.refresh_token)).json<Tokens>();
    const answer = await giveBack(app, tokens.access_token);
    expectClean(answer);
    expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expectJsonError(await app.userInfo(tokens.access_token), 401, 'invalid_token');
    for (const who of ['orders', 'web']) expect(await told(tenant, who, tokens.access_token)).toEqual(INACTIVE);
    await expectAlive(sibling);
    expect((await giveBack(app, tokens.access_token)).status).toBe(200);
  });

  it('§2.1 IR-05 R5 a refresh token takes everything issued from it along', async () => {
    const first = await visit.tokens();
    const second = (await app.refresh(first.refresh_token)).json<Tokens>();
    await expectAlive(second);
    expect((await giveBack(app, second.refresh_token)).status).toBe(200);
    for (const { access_token } of [first, second]) {
      expectJsonError(await app.userInfo(access_token), 401, 'invalid_token');
      expect(await told(tenant, 'orders', access_token)).toEqual(INACTIVE);
    }
    expectJsonError(await app.refresh(second.refresh_token), 400, 'invalid_grant');
  });

  it('§2.1 the hint is advice, right or wrong; one that names something else is refused and ends nothing', async () => {
    const tokens = await visit.tokens();
    const refused = await giveBack(app, tokens.access_token, { token_type_hint: 'id_token' });
    expectJsonError(refused, 400, 'unsupported_token_type');
    await expectAlive(tokens);
    expect((await giveBack(app, tokens.access_token, { token_type_hint: 'refresh_token' })).status).toBe(200);
    expect(await told(tenant, 'orders', tokens.access_token)).toEqual(INACTIVE);
    expect((await giveBack(app, tokens.refresh_token, { token_type_hint: 'access_token' })).status).toBe(200);
    expect(await told(tenant, 'web', tokens.refresh_token)).toEqual(INACTIVE);
  });

  it('§5 a public client gives back its own, by its name alone', async () => {
    const spa = tenant.app('spa');
    const { access_token, refresh_token } = await spa.tokens(ADA);
    expect((await giveBack(spa, refresh_token)).status).toBe(200);
    expectJsonError(await spa.userInfo(access_token), 401, 'invalid_token');
    expectJsonError(await spa.refresh(refresh_token), 400, 'invalid_grant');
  });

  it('IR-05 another client’s token: 200 as for an unknown one, and it still works', async () => {
    const tokens = await visit.tokens();
    const rows = await revokedRows();
    for (const other of [tenant.app('second'), tenant.app('spa'), tenant.app('service')]) {
      for (const token of [tokens.access_token, tokens.refresh_token]) {
        const answer = await unchanged(storage, tenant.id, () => giveBack(other, token));
        expect([answer.status, answer.text]).toEqual([200, '']);
      }
    }
    expect(await revokedRows()).toBe(rows);
    await expectAlive(tokens);
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('§2.2 what is none of ours: 200, and nothing changes', async () => {
    const tokens = await visit.tokens();
    const wrong = [
      'nonsense',
      tokens.id_token,
      `${tokens.access_token.slice(0, -8)}AAAAAAAA`,
      `${tokens.refresh_token.slice(0, -5)}AAAAA`,
      tokens.refresh_token.replace('gwrt_', 'gwat_'),
      'a'.repeat(20_000),
      `gwat_${'A'.repeat(22)}.${'A'.repeat(43)}`,
      "'; DELETE FROM authorization_record; --",
    ];
    const rows = await revokedRows();
    for (const token of wrong) {
      const answer = await unchanged(storage, tenant.id, () => giveBack(app, token));
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
    expect(await revokedRows()).toBe(rows);
    await expectAlive(tokens);
  });

  it('MT-01 a token of another environment, whose client has the same name and secret: 200 and no effect in either', async () => {
    const other = await resourceTenant();
    const tokens = await visit.tokens();
    const rows = await revokedRows();
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      await unchanged(storage, tenant.id, () =>
        unchanged(storage, other.id, async () => expect((await giveBack(other.app(), token)).status).toBe(200)),
      );
    }
    expect(await revokedRows()).toBe(rows);
    await expectAlive(tokens);
  });

  it('oidc-provider 9.8.6 a client’s own token, which has no authorization, ends alone', async () => {
    const service = tenant.app('service');
    const issue = async () => (await service.token({ grant_type: 'client_credentials' })).json<Tokens>().access_token;
    const [own, other, users] = [await issue(), await issue(), await visit.tokens()];
    expect((await giveBack(service, own)).status).toBe(200);
    expect(await told(tenant, 'orders', own)).toEqual(INACTIVE);
    expect(await told(tenant, 'orders', other)).toMatchObject({ active: true, aud: ORDERS });
    await expectAlive(users);
  });

  it('§2.1 who does not prove who they are: 401, and nothing ends; no token: 400; GET: 405', async () => {
    const tokens = await visit.tokens();
    const token = tokens.refresh_token;
    for (const [form, headers] of [
      [{ token }, {}],
      [{ token, client_id: 'web' }, {}],
      [{ token }, basic('web', 'wrong')],
      [{ token }, basic('orders', SECRET)],
      [{ token, client_id: 'web', client_secret: SECRET }, {}],
    ] as const) {
      expectJsonError(await postForm(url(), form, headers), 401, 'invalid_client', token);
    }
    expectJsonError(await giveBack(app, ''), 400, 'invalid_request');
    const got = await request(`${url()}?token=${token}`, { headers: basic('web', SECRET) });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    await expectAlive(tokens);
  });

  it('IR-03 I3 over when the 200 arrives, whoever is asked next: 120 rounds', async () => {
    const seen: unknown[] = [];
    const service = tenant.app('service');
    for (let round = 0; round < 120; round++) {
      const { access_token } = (await service.token({ grant_type: 'client_credentials' })).json<Tokens>();
      expect((await giveBack(service, access_token)).status).toBe(200);
      const answers = await Promise.all([told(tenant, 'orders', access_token), told(tenant, 'service', access_token)]);
      seen.push(...answers.map((answer) => answer['active']));
    }
    expect(new Set(seen)).toEqual(new Set([false]));
    expect(seen).toHaveLength(240);
  }, 180_000);

  it('IR-03 the same of refresh tokens, seen by userinfo and the token endpoint: 20 rounds', async () => {
    const seen: unknown[] = [];
    for (let round = 0; round < 20; round++) {
      const { access_token, refresh_token } = await visit.tokens();
      await giveBack(app, refresh_token);
      const [info, refreshed] = await Promise.all([app.userInfo(access_token), app.refresh(refresh_token)]);
      seen.push(`${info.status} ${refreshed.status} ${refreshed.error}`);
    }
    expect(new Set(seen)).toEqual(new Set(['401 400 invalid_grant']));
  }, 180_000);

  it('RFC 8414 §2 discovery names the endpoint, for public clients too', async () => {
    const metadata = (await request(`${tenant.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata['revocation_endpoint']).toBe(url());
    const methods = metadata['revocation_endpoint_auth_methods_supported'];
    expect(methods).toEqual(metadata['token_endpoint_auth_methods_supported']);
    expect(methods).toContain('none');
  });
});
