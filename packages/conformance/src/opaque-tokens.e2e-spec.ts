import type { App, Tokens } from './support/app.js';
import { giveBack, INACTIVE, resourceTenant, told, VAULT } from './support/companions.js';
import { Storage } from './support/database.js';
import { ADA, ORDERS, type Tenant } from './support/environments.js';
import { idOf } from './support/families.js';
import { expectJsonError, unchanged } from './support/verdict.js';

const SCOPE = 'openid email offline_access vault:open';

describe('opaque access tokens', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;
  let tokens: Tokens;

  beforeAll(async () => {
    tenant = await resourceTenant();
    app = tenant.app('keeper');
    tokens = await app.tokens(ADA, { scope: SCOPE });
  });
  afterAll(() => storage.close());

  const own = async (scope = 'vault:open') =>
    (await tenant.app('service').token({ grant_type: 'client_credentials', scope })).json<Tokens>().access_token;

  it('X13 a resource that wants them gets them; the others get JWTs', async () => {
    expect(tokens.access_token).toMatch(/^gwat_[\w-]{22}\.[\w-]{43}$/);
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: SCOPE, expires_in: 3600 });
    expect(await own()).toMatch(/^gwat_/);
    expect(await own('orders:read')).toMatch(/^eyJ/);
    expect((await app.tokens(ADA, { scope: 'openid' })).access_token).toMatch(/^eyJ/);
  });

  it('X13 RFC 7662 §2.2 its resource is told what a JWT would say', async () => {
    expect(await told(tenant, 'vault', tokens.access_token)).toEqual({
      ...{ active: true, token_type: 'Bearer', iss: tenant.issuer, aud: VAULT, client_id: 'keeper', username: 'ada' },
      ...{ scope: SCOPE, acr: 'Single_Factor', amr: ['pwd'] },
      ...Object.fromEntries(['sub', 'jti', 'sid'].map((name) => [name, expect.any(String)])),
      ...Object.fromEntries(['exp', 'iat', 'auth_time'].map((name) => [name, expect.any(Number)])),
    });
    expect(await told(tenant, 'vault', await own())).toMatchObject({
      active: true,
      sub: 'service',
      client_id: 'service',
    });
    expect(await told(tenant, 'orders', tokens.access_token)).toEqual(INACTIVE);
    expect(await told(tenant, 'second', tokens.access_token)).toEqual(INACTIVE);
  });

  it('X13 design §7 for several resources of which one wants it, it is opaque for all, and `aud` is an array', async () => {
    const scope = 'openid orders:read vault:open';
    const { access_token } = await tenant.app('second').tokens(ADA, { scope });
    expect(access_token).toMatch(/^gwat_/);
    const answers = await Promise.all(['vault', 'orders'].map((who) => told(tenant, who, access_token)));
    for (const { aud } of answers) expect([...(aud as string[])].sort()).toEqual([ORDERS, VAULT]);
    expect(answers.map((answer) => answer['scope'])).toEqual(['openid vault:open', 'openid orders:read']);
  });

  it('RFC 6750 userinfo takes it, as far as its scope reaches', async () => {
    const answer = await app.userInfo(tokens.access_token);
    expect([answer.status, answer.json()]).toEqual([
      200,
      { sub: expect.any(String), email: 'ada@example.com', email_verified: true },
    ]);
    expectJsonError(await app.userInfo(await own()), 403, 'insufficient_scope');
  });

  it('CO-11 SE-03 it is not in the database, nor is any half of its secret; an altered one is nobody’s', async () => {
    const { access_token } = tokens;
    const secret = access_token.split('.')[1] ?? '';
    for (const text of [access_token, secret, secret.slice(0, 22)]) expect(await storage.holds(text)).toBe(false);
    expect(await storage.holds(idOf(access_token))).toBe(false);
    const [row] = await storage.rows('SELECT 1 FROM opaque_access_token WHERE id = $1::uuid', [idOf(access_token)]);
    expect(row).toBeDefined();
    for (const changed of [
      access_token.replace(/.$/, (last) => (last === 'Q' ? 'R' : 'Q')),
      access_token.replace('gwat_', 'gwrt_'),
      access_token.toLowerCase(),
      `${access_token}=`,
      access_token.split('.')[0] ?? '',
    ]) {
      expect(await told(tenant, 'vault', changed)).toEqual(INACTIVE);
      expectJsonError(await app.userInfo(changed), 401, 'invalid_token', access_token);
    }
  });

  it('MT-01 in another environment with the same names it is nothing, and revoking it there has no effect', async () => {
    const other = await resourceTenant();
    for (const token of [tokens.access_token, await own()]) {
      await unchanged(storage, tenant.id, async () => {
        expect(await told(other, 'vault', token)).toEqual(INACTIVE);
        expectJsonError(await other.app('keeper').userInfo(token), 401, 'invalid_token');
        for (const id of ['keeper', 'service']) expect((await giveBack(other.app(id), token)).status).toBe(200);
      });
      expect(await told(tenant, 'vault', token)).toMatchObject({ active: true });
    }
  });

  it('IR-03 RFC 7009 §2 revoked by itself, by its refresh token, or gone with its user', async () => {
    const mine = await resourceTenant();
    const issue = () => mine.app('second').tokens(ADA, { scope: SCOPE });
    const [alone, sibling, family] = [await issue(), await issue(), await issue()];
    await giveBack(mine.app('second'), alone.access_token);
    await giveBack(mine.app('second'), family.refresh_token);
    for (const { access_token } of [alone, family]) {
      expect(await told(mine, 'vault', access_token)).toEqual(INACTIVE);
      expectJsonError(await mine.app().userInfo(access_token), 401, 'invalid_token');
    }
    expect(await told(mine, 'vault', sibling.access_token)).toMatchObject({ active: true });
    expect((await mine.app('second').refresh(alone.refresh_token)).status).toBe(200);
    await mine.change(() => {
      mine.user('ada').status = 'disabled';
    });
    expect(await told(mine, 'vault', sibling.access_token)).toEqual(INACTIVE);
  });

  it('IR-05 another client revokes nothing', async () => {
    for (const id of ['second', 'web', 'spa', 'service']) {
      expect((await giveBack(tenant.app(id), tokens.access_token)).status).toBe(200);
    }
    expect(await told(tenant, 'vault', tokens.access_token)).toMatchObject({ active: true });
  });

  it('house: it ends with its lifetime', async () => {
    const token = await own();
    const aged = 'UPDATE opaque_access_token SET expires_at = now() WHERE id = $1::uuid';
    await storage.rows(aged, [idOf(token)]);
    expect(await told(tenant, 'vault', token)).toEqual(INACTIVE);
  });
});
