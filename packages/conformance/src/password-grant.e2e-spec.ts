import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { App, Tokens } from './support/app.js';
import { burst } from './support/burst.js';
import { resourceTenant, told } from './support/companions.js';
import { Storage } from './support/database.js';
import { ADA, ORDERS, SECRET, Tenant, type UserEntry } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { basic, postForm, request } from './support/http.js';
import { expectClean, expectJsonError, expectPage, sameVerdict, unchanged } from './support/verdict.js';

const PASSWORD = 'a horse of one’s own';
const CANARY = 'canary-password-7Gq2';
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials', 'password'];
const DEAD = ['locked', 'disabled', 'deleted', 'expired'] as const;

describe('password grant, seeds §7.10', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;

  beforeAll(async () => {
    tenant = await resourceTenant((file) => {
      file.grantTypes = GRANTS;
      const [web] = file.clients as [(typeof file.clients)[0]];
      const legacy = { ...web, id: 'legacy', grantTypes: ['password', 'refresh_token'], redirectUris: [] };
      const scopes = ['openid', 'email', 'offline_access', 'orders:read', 'orders:write'];
      file.clients.push({ ...legacy, scopes, defaultScopes: ['orders:read'] }, { ...legacy, id: 'undecided', scopes });
      const names = ['victim', 'paged', 'burst', 'left'];
      file.users.push(...[...names, ...DEAD].map((username): UserEntry => ({ username, password: PASSWORD })), {
        username: 'passwordless',
      });
    });
    app = tenant.app('legacy');
  });
  afterAll(() => storage.close());

  const ask = (username: string, password: string, more: Record<string, string | undefined> = {}, from = app) =>
    from.token({ grant_type: 'password', username, password, ...more });
  const tokens = async (scope: string) => (await ask(ADA.username, ADA.password, { scope })).json<Tokens>();

  it('W1 X7 a token about the user, who signed on just now and in no browser', async () => {
    const answer = await sameVerdict(() => ask(ADA.username, ADA.password));
    expectClean(answer, ADA.password);
    const { access_token, ...rest } = answer.json();
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600, scope: 'orders:read' });
    const claims = decodeJwt(String(access_token));
    expect(claims).toMatchObject({ aud: ORDERS, client_id: 'legacy', acr: 'Single_Factor', amr: ['pwd'] });
    expect(claims).not.toHaveProperty('sid');
    expect(Math.abs(Number(claims['auth_time']) - Number(claims.iat))).toBeLessThanOrEqual(1);
    expect(await told(tenant, 'orders', String(access_token))).toMatchObject({ active: true, username: 'ada' });
  });

  it('W1 openid brings an ID token, offline_access a refresh token, and both work without a session', async () => {
    const { access_token, id_token, refresh_token } = await tokens('openid email offline_access orders:read');
    const { sub } = decodeJwt(id_token);
    expect(decodeJwt(id_token)).toMatchObject({
      aud: 'legacy',
      acr: 'Single_Factor',
      sub: decodeJwt(access_token).sub,
    });
    expect(decodeJwt(id_token)).not.toHaveProperty('sid');
    expect((await app.userInfo(access_token)).json()).toMatchObject({ sub, email: 'ada@example.com' });
    const again = (await app.refresh(refresh_token)).json<Tokens>();
    expect(decodeJwt(again.access_token)).toMatchObject({ sub });
    expect((await app.userInfo(again.access_token)).status).toBe(200);
  });

  it('W1 the user is the one who signs on in a browser', async () => {
    const { sub } = decodeJwt((await tenant.app('web').tokens(ADA)).access_token);
    expect(decodeJwt((await tokens('orders:read')).access_token).sub).toBe(sub);
  });

  it.each([
    ['username missing', { username: undefined }],
    ['password missing', { password: undefined }],
    ['username empty', { username: '' }],
    ['password empty', { password: '' }],
    ['TX-05 username far too long', { username: 'x'.repeat(4_097) }],
    ['TX-05 password far too long', { password: 'x'.repeat(4_097) }],
  ])('W1 %s → invalid_request', async (_what, changes) => {
    const asked = () => ask(ADA.username, ADA.password, changes);
    expectJsonError(await unchanged(storage, tenant.id, asked), 400, 'invalid_request', ADA.password);
  });

  it.each(['username', 'password'])('W1 X2 %s twice → invalid_request', async (name) => {
    const form: [string, string][] = [
      ['grant_type', 'password'],
      ...Object.entries(ADA),
      [name, ADA[name as keyof typeof ADA]],
    ];
    const answer = await postForm(`${tenant.issuer}/token`, form, basic('legacy', SECRET));
    expectJsonError(answer, 400, 'invalid_request', ADA.password);
  });

  it.each([
    ['TX-02 X9 a scope the client has not', { scope: 'orders:read billing:read' }, 'invalid_scope'],
    ['X9 a scope nobody has', { scope: 'bogus' }, 'invalid_scope'],
    ['X10 a resource nobody has', { resource: 'https://evil.example' }, 'invalid_target'],
  ])('%s: no token, nothing stored', async (_what, more, error) => {
    const asked = () => ask(ADA.username, ADA.password, more as Record<string, string>);
    expectJsonError(await unchanged(storage, tenant.id, asked), 400, error, ADA.password);
  });

  it('X9 no scope asked and no default defined → invalid_scope; asked for, it is granted', async () => {
    const undecided = tenant.app('undecided');
    expectJsonError(await ask(ADA.username, ADA.password, {}, undecided), 400, 'invalid_scope');
    expect((await ask(ADA.username, ADA.password, { scope: 'orders:read' }, undecided)).status).toBe(200);
  });

  it('CVE-2023-22492 CVE-2025-64521 CVE-2026-9798 W2 SE-02 whatever is wrong with the user: one answer', async () => {
    const scope = 'offline_access orders:read';
    const held = new Map<string, Tokens>();
    for (const name of DEAD) held.set(name, (await ask(name, PASSWORD, { scope })).json<Tokens>());
    await tenant.change(() => {
      for (const status of ['locked', 'disabled'] as const) Object.assign(tenant.user(status), { status });
      Object.assign(tenant.user('expired'), { mustChangePassword: true });
    });
    await storage.rows('DELETE FROM directory_user WHERE environment_id = $1 AND username = $2', [
      tenant.id,
      'deleted',
    ]);
    const tries: [string, string][] = [...DEAD.map((name): [string, string] => [name, PASSWORD])];
    tries.push(['left', 'wrong'], ['nobody', PASSWORD], ['passwordless', 'x'], ['left', 'x'.repeat(300)]);
    const bodies = new Set<string>();
    for (const [name, password] of tries) {
      await everywhere(
        () => app.refresh(held.get(name)?.refresh_token ?? 'none'),
        ({ status }) => status !== 200,
      );
      const answer = await ask(name, password);
      expectJsonError(answer, 400, 'invalid_grant', password);
      bodies.add(answer.text);
    }
    expect([...bodies]).toEqual([expect.stringContaining('the username or password is not valid')]);
    expect((await ask('left', PASSWORD)).status).toBe(200);
    // What was issued before is dead with its user.
    for (const name of DEAD) {
      expect(await told(tenant, 'orders', held.get(name)?.access_token ?? '')).toEqual({ active: false });
    }
  });

  describe('W4 SE-01 TX-07 one counter with the sign-on page', () => {
    /** The table keeps neither names nor addresses. */
    const points = async (key: string) => {
      const place = createHash('sha256').update(`${tenant.id}|${key}`).digest('base64url');
      const found = 'SELECT points FROM attempt_counter WHERE key = $1';
      return (await storage.rows<{ points: number }>(found, [`sign-on-user:${place}`]))[0]?.points;
    };
    const atPage = async (username: string, password: string) => {
      const person = tenant.person();
      const page = await person.follow(tenant.app('web').authorizeUrl());
      return person.submit(page, { action: 'usernamePassword.check', username, password });
    };

    it('ten wrong at the token endpoint: the right one waits there and on the page, others do not', async () => {
      for (let tries = 0; tries < 10; tries += 1)
        expectJsonError(await ask('victim', `wrong ${tries}`), 400, 'invalid_grant');
      for (const password of [PASSWORD, 'wrong']) {
        const answer = await ask('VICTIM', password);
        expectJsonError(answer, 429, 'too_many_requests', PASSWORD);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      expectPage(await atPage('victim', PASSWORD), 'sign-on', 429);
      expect((await ask('left', PASSWORD)).status).toBe(200);
    });

    it('and wrong ones on the page count here', async () => {
      for (let tries = 0; tries < 5; tries += 1) await atPage('paged', `wrong ${tries}`);
      for (let tries = 0; tries < 5; tries += 1) await ask('paged', `wrong ${tries}`);
      expect(await points('paged')).toBe(10);
      expectJsonError(await ask('paged', PASSWORD), 429, 'too_many_requests');
    });

    it('of 40 wrong at once no more than ten are looked at', async () => {
      const answers = await burst(40, () => ask('burst', 'wrong'));
      for (const answer of answers) expectClean(answer);
      const looked = answers.filter(({ status }) => status === 400);
      expect(looked.length).toBeLessThanOrEqual(10);
      expect(answers.length - looked.length).toBe(answers.filter(({ status }) => status === 429).length);
    });

    it('a right one forgives', async () => {
      for (let tries = 0; tries < 5; tries += 1) await ask('left', 'wrong');
      expect((await ask('left', PASSWORD)).status).toBe(200);
      expect(await points('left')).toBeUndefined();
    });
  });

  it('W5 in the query they are as if not sent, and are kept nowhere', async () => {
    const url = `${tenant.issuer}/token?${new URLSearchParams({ ...ADA, password: CANARY })}`;
    expectJsonError(
      await postForm(url, { grant_type: 'password' }, basic('legacy', SECRET)),
      400,
      'invalid_request',
      CANARY,
    );
    // Beside good ones they change nothing.
    const good = await postForm(url, { grant_type: 'password', ...ADA }, basic('legacy', SECRET));
    expect([good.status, good.text.includes(CANARY)]).toEqual([200, false]);
    expect((await ask('left', CANARY)).status).toBe(400);
    expect(await storage.holds(CANARY)).toBe(false);
  });

  describe('W3 off by default', () => {
    const grants = async ({ issuer }: Tenant) =>
      (await request(`${issuer}/.well-known/openid-configuration`)).json<{ grant_types_supported: string[] }>()
        .grant_types_supported;

    it('TX-07 in an environment that says nothing: unsupported_grant_type, and not advertised', async () => {
      const plain = await Tenant.create();
      const answer = await ask(ADA.username, ADA.password, {}, plain.app());
      expectJsonError(answer, 400, 'unsupported_grant_type', ADA.password);
      expect([await grants(plain), await grants(tenant)]).toEqual([
        expect.not.arrayContaining(['password']),
        expect.arrayContaining(['password']),
      ]);
    });

    it('X6 for a client that says nothing, with right credentials as with wrong ones: unauthorized_client', async () => {
      for (const password of [ADA.password, 'wrong']) {
        const asked = () => ask(ADA.username, password, {}, tenant.app('web'));
        expectJsonError(await unchanged(storage, tenant.id, asked), 400, 'unauthorized_client', password);
      }
    });

    it('TX-07 for a public client: unauthorized_client', async () => {
      const asked = () => ask(ADA.username, ADA.password, {}, tenant.app('spa'));
      expectJsonError(await unchanged(storage, tenant.id, asked), 400, 'unauthorized_client', ADA.password);
    });
  });

  it('TX-01 what belongs to other grants has no effect', async () => {
    const more = { code: 'x', subject_token: 'x', assertion: 'x', refresh_token: 'x', redirect_uri: 'x' };
    const answer = await ask(ADA.username, ADA.password, more);
    expect([answer.status, answer.json()['scope']]).toEqual([200, 'orders:read']);
  });
});
