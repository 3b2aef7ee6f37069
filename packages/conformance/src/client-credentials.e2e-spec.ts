import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { App } from './support/app.js';
import { Storage } from './support/database.js';
import { ORDERS, SECRET, Tenant } from './support/environments.js';
import { SignedOn } from './support/signed-on.js';
import { expectClean, expectJsonError, unchanged } from './support/verdict.js';

const BULK = Array.from({ length: 100 }, (_, at) => `s${at}`);

describe('client credentials, seeds §7.5', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let service: App;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      for (const side of ['left', 'right']) {
        file.resources?.push({
          name: side,
          audience: `https://api.example/${side}`,
          scopes: BULK.map((name) => ({ name: `${side}:${name}` })),
        });
      }
      const machine = { auth: 'client_secret_basic', secret: SECRET, grantTypes: ['client_credentials'] } as const;
      file.clients.push(
        { ...machine, grantTypes: [...machine.grantTypes], id: 'undecided', scopes: ['orders:read'] },
        {
          ...machine,
          grantTypes: ['client_credentials', 'refresh_token'],
          id: 'grasping',
          scopes: ['orders:read', 'orders:write', 'openid', 'offline_access', 'profile'],
          defaultScopes: ['orders:read'],
          refresh: { withoutOfflineAccess: true },
        },
        {
          ...machine,
          grantTypes: [...machine.grantTypes],
          id: 'bulk',
          scopes: ['left', 'right'].flatMap((side) => BULK.map((name) => `${side}:${name}`)),
        },
      );
    });
    service = tenant.app('service');
  });

  afterAll(() => storage.close());

  const ask = (app: App, form: Record<string, string> = {}) => app.token({ grant_type: 'client_credentials', ...form });

  it('C3 X7 no scope asked: the client’s defaults, echoed', async () => {
    const answer = await ask(service);
    expectClean(answer);
    expect([answer.status, answer.json()['scope']]).toEqual([200, 'orders:read']);
  });

  it('C3 no scope asked and no default defined → invalid_scope; asked for, it is granted', async () => {
    const undecided = tenant.app('undecided');
    expectJsonError(await unchanged(storage, tenant.id, () => ask(undecided)), 400, 'invalid_scope');
    expect((await ask(undecided, { scope: 'orders:read' })).status).toBe(200);
  });

  it.each(['openid', 'offline_access', 'profile', 'orders:write', 'orders:read openid', 'orders:read orders:write'])(
    'C2 TX-02 scope "%s" needs a user → invalid_scope, though registered',
    async (scope) => {
      const answer = await unchanged(storage, tenant.id, () => ask(tenant.app('grasping'), { scope }));
      expectJsonError(answer, 400, 'invalid_scope');
    },
  );

  it('C1 CA-11 a public client → unauthorized_client', async () => {
    expectJsonError(await ask(tenant.app('spa')), 400, 'unauthorized_client');
  });

  it('C4 X13 the token is the client’s own: at+jwt, sub = client_id, nothing of a user', async () => {
    const { access_token } = (await ask(service)).json<{ access_token: string }>();
    expect(decodeProtectedHeader(access_token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(decodeJwt(access_token)).toEqual({
      iss: tenant.issuer,
      sub: 'service',
      client_id: 'service',
      aud: ORDERS,
      scope: 'orders:read',
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    });
  });

  it('R10 no refresh token and no id_token, whatever the client’s flags say', async () => {
    for (const app of [service, tenant.app('grasping')]) {
      const names = Object.keys((await ask(app)).json());
      expect(names.sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    }
  });

  it('TX-03 OI-05 the client does not pass for a user: userinfo → 403 insufficient_scope', async () => {
    const { access_token } = (await ask(service)).json<{ access_token: string }>();
    expectJsonError(await service.userInfo(access_token), 403, 'insufficient_scope');
  });

  it('TX-01 oidc-provider 9.11.2 9.6.1 parameters of other grants have no effect', async () => {
    const user = new SignedOn(tenant.app());
    const { refresh_token } = await user.tokens();
    const code = await user.code();
    const foreign = { code, code_verifier: user.app.verifier, redirect_uri: user.app.redirectUri, refresh_token };
    const leaked = await unchanged(storage, tenant.id, () =>
      ask(service, { ...foreign, username: 'ada', password: 'x', nonce: 'n', request: 'x', assertion: 'x' }),
    );
    expect(Object.keys(leaked.json()).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(decodeJwt(leaked.json()['access_token'] as string).sub).toBe('service');
    expect((await user.app.redeem(code, { refresh_token, username: 'grace' })).status).toBe(200);
    expect((await user.app.refresh(refresh_token, { code, code_verifier: 'x' })).status).toBe(200);
  });

  it('CVE-2025-26620 200 parallel requests, each with its own scope and resource: each token is its own', async () => {
    const bulk = tenant.app('bulk');
    const wishes = BULK.flatMap((name) => ['left', 'right'].map((side) => ({ side, scope: `${side}:${name}` })));
    const answers = await Promise.all(
      wishes.map(({ side, scope }) => ask(bulk, { scope, resource: `https://api.example/${side}` })),
    );
    const got = answers.map((answer) => {
      const { access_token, scope } = answer.json<{ access_token: string; scope: string }>();
      return { told: scope, ...decodeJwt<{ scope: string }>(access_token) };
    });
    expect(got.map(({ told, scope, aud }) => ({ told, scope, aud }))).toEqual(
      wishes.map(({ side, scope }) => ({ told: scope, scope, aud: `https://api.example/${side}` })),
    );
    expect(new Set(got.map(({ jti }) => jti)).size).toBe(200);
  });
});
