import { decodeJwt } from 'jose';
import type { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { SignedOn } from './support/signed-on.js';
import { runStatement } from './support/statements.js';
import { expectJsonError, unchanged } from './support/verdict.js';

/** What a user holds when it happens. */
interface Holding {
  readonly app: App;
  readonly code: string;
  readonly tokens: Tokens;
}

const PASSWORD = 'one horse battery';
const USERS = ['locked', 'disabled', 'deleted', 'changed', 'withdrawn'] as const;
const CLIENTS = ['disabled-client', 'grantless', 'shrunk', 'scopeless'] as const;

describe('dead principals: every grant looks again, catalogue CO-13 RT-06 RT-10, seeds X14 R9', () => {
  const storage = new Storage();
  let tenant: Tenant;
  const held: Record<string, Holding> = {};

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const [shop] = file.clients as [(typeof file.clients)[0]];
      // Long enough for a slow machine to get through the whole table.
      file.lifetimes = { code: 600 };
      file.users.push(...USERS.map((username) => ({ username, password: PASSWORD })));
      file.clients.push(...CLIENTS.map((id) => ({ ...shop, id })));
      for (const id of ['disabled-service', 'shrunk-service']) {
        file.clients.push({
          id,
          auth: 'client_secret_basic',
          secret: SECRET,
          grantTypes: ['client_credentials'],
          scopes: ['orders:read', 'billing:read'],
          defaultScopes: ['billing:read'],
        });
      }
    });
    for (const username of USERS) held[username] = await hold(tenant.app(), { username, password: PASSWORD });
    for (const id of ['web', ...CLIENTS]) held[id] = await hold(tenant.app(id), ADA);

    await tenant.change(() => {
      Object.assign(tenant.user('locked'), { status: 'locked' });
      Object.assign(tenant.user('disabled'), { status: 'disabled' });
      Object.assign(tenant.user('changed'), { password: 'another one of those' });
      Object.assign(tenant.client('disabled-client'), { enabled: false });
      Object.assign(tenant.client('disabled-service'), { enabled: false });
      Object.assign(tenant.client('grantless'), { grantTypes: ['client_credentials'], redirectUris: [] });
      Object.assign(tenant.client('shrunk'), { scopes: ['openid', 'offline_access'] });
      Object.assign(tenant.client('scopeless'), { scopes: ['billing:read'] });
      Object.assign(tenant.client('shrunk-service'), { scopes: ['billing:read'] });
    });
    // No door does these two.
    const userId = async (name: string) => {
      const named = 'SELECT id FROM directory_user WHERE environment_id = $1 AND username = $2';
      const [user] = await storage.rows<{ id: string }>(named, [tenant.id, name]);
      return user?.id;
    };
    await storage.rows('DELETE FROM directory_user WHERE environment_id = $1 AND id = $2', [
      tenant.id,
      await userId('deleted'),
    ]);
    await runStatement(storage, 'consent_withdraw', [tenant.id, await userId('withdrawn'), 'web']);
    const { app } = of('disabled-client');
    await everywhere(
      () => app.refresh('x'),
      ({ status }) => status === 401,
    );
  });

  afterAll(() => storage.close());

  async function hold(app: App, user: { username: string; password: string }): Promise<Holding> {
    const person = new SignedOn(app, user);
    return { app, code: await person.code(), tokens: await person.tokens() };
  }
  const of = (name: string) => held[name] as Holding;

  it.each(USERS)(
    'X14 R9 CO-13 RT-06 RT-10 CVE-2026-9798 CVE-2026-16103 CVE-2026-88770 CVE-2023-22492 CVE-2025-64521 user %s: code and refresh token → invalid_grant, nothing stored',
    async (name) => {
      const { app, code, tokens } = of(name);
      for (const ask of [() => app.redeem(code), () => app.refresh(tokens.refresh_token)]) {
        expectJsonError(await unchanged(storage, tenant.id, ask), 400, 'invalid_grant', code, tokens.refresh_token);
      }
    },
  );

  it.each(['locked', 'disabled', 'deleted', 'withdrawn'])(
    'I3 RT-06 user %s: the access token is dead at userinfo',
    async (name) => {
      const { app, tokens } = of(name);
      expectJsonError(await app.userInfo(tokens.access_token), 401, 'invalid_token');
    },
  );

  it('X14 CO-13 RT-06 disabled client: code, refresh token and client credentials → 401 invalid_client', async () => {
    const { app, code, tokens } = of('disabled-client');
    const service = tenant.app('disabled-service');
    for (const ask of [
      () => app.redeem(code),
      () => app.refresh(tokens.refresh_token),
      () => service.token({ grant_type: 'client_credentials' }),
    ]) {
      expectJsonError(await unchanged(storage, tenant.id, ask), 401, 'invalid_client', code, tokens.refresh_token);
    }
  });

  it('TX-01 RT-06 grant taken from the client: code and refresh token → unauthorized_client', async () => {
    const { app, code, tokens } = of('grantless');
    for (const ask of [() => app.redeem(code), () => app.refresh(tokens.refresh_token)]) {
      expectJsonError(await unchanged(storage, tenant.id, ask), 400, 'unauthorized_client', code, tokens.refresh_token);
    }
  });

  it('RT-06 R3 scope taken from the client: the next access token lacks it, at redemption and at refresh', async () => {
    const { app, code, tokens } = of('shrunk');
    for (const answer of [await app.redeem(code), await app.refresh(tokens.refresh_token)]) {
      expect(answer.json()).toMatchObject({ scope: 'openid offline_access' });
      expect(decodeJwt(answer.json<Tokens>().access_token)).toMatchObject({
        scope: 'openid offline_access',
        aud: tenant.issuer,
      });
    }
  });

  it('RT-06 X9 every scope taken from the client: nothing is left to issue → invalid_scope', async () => {
    const { app, code, tokens } = of('scopeless');
    for (const ask of [() => app.redeem(code), () => app.refresh(tokens.refresh_token)]) {
      expectJsonError(await unchanged(storage, tenant.id, ask), 400, 'invalid_scope', code, tokens.refresh_token);
    }
  });

  it('RT-06 TX-02 scope taken from a service: invalid_scope when asked for, the rest works', async () => {
    const service = tenant.app('shrunk-service');
    expectJsonError(
      await service.token({ grant_type: 'client_credentials', scope: 'orders:read' }),
      400,
      'invalid_scope',
    );
    expect((await service.token({ grant_type: 'client_credentials' })).json()).toMatchObject({ scope: 'billing:read' });
  });

  it('X14 the living beside them: code, refresh token and access token of an untouched user and client work', async () => {
    const { app, code, tokens } = of('web');
    expect((await app.redeem(code)).status).toBe(200);
    expect((await app.userInfo(tokens.access_token)).status).toBe(200);
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('R9 RT-10 somebody unlocked goes on where they were; a changed password brings new tokens by a new sign-on', async () => {
    await storage.rows(
      `UPDATE directory_user SET status = 'active' WHERE environment_id = $1 AND username = 'locked'`,
      [tenant.id],
    );
    const { app, tokens } = of('locked');
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
    const anew = new SignedOn(app, { username: 'changed', password: 'another one of those' });
    const { refresh_token } = await anew.tokens();
    expect((await app.refresh(refresh_token)).status).toBe(200);
    expectJsonError(await app.refresh(of('changed').tokens.refresh_token), 400, 'invalid_grant');
  });

  it('R9 a family bound to its session ends with it; an offline one, and by option one of the old password, do not', async () => {
    const lax = await Tenant.create((file) => {
      file.passwordChangeEndsRefresh = false;
      Object.assign(file.clients[0] as object, { refresh: { withoutOfflineAccess: true } });
    });
    const app = lax.app();
    const user = new SignedOn(app);
    const [bound, offline] = [await user.tokens({ scope: 'openid orders:read' }), await user.tokens()];
    await lax.change(() => Object.assign(lax.user('ada'), { password: 'another one of those' }));
    const next = (await app.refresh(bound.refresh_token)).json<Tokens>();
    // As signing off does.
    await storage.rows('UPDATE session SET ended_at = now() WHERE environment_id = $1', [lax.id]);
    expectJsonError(await app.refresh(next.refresh_token), 400, 'invalid_grant', next.refresh_token);
    expectJsonError(await app.userInfo(next.access_token), 401, 'invalid_token');
    expect((await app.refresh(offline.refresh_token)).status).toBe(200);
  });
});
