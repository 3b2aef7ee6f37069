import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Tokens } from './support/app.js';
import { burst } from './support/burst.js';
import { INACTIVE, resourceTenant, told } from './support/companions.js';
import { Storage } from './support/database.js';
import { BILLING, type ClientEntry, ORDERS, SECRET, Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { type Answer, postForm, request } from './support/http.js';
import { JWT_BEARER, newServiceToken, present, serviceAccount } from './support/service-accounts.js';
import { expectClean, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const RIGHTS = { client: 'machines', scopes: ['orders:read', 'billing:read'], bindings: ['service'] };
const ACCOUNTS = ['night', 'rotated', 'raced', 'killed-by-rotate'];
/** What the environment file does not have can be switched off and deleted by itself. */
const BY_HAND = ['disabled', 'deleted', 'killed-by-disable', 'killed-by-delete'];

describe('service token, seeds §7.11, catalogue TX-08', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let token: string;

  beforeAll(async () => {
    tenant = await resourceTenant((file) => {
      file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER, EXCHANGE];
      const machine: ClientEntry = {
        ...{ id: 'machines', auth: 'client_secret_basic', secret: SECRET, grantTypes: [JWT_BEARER, EXCHANGE] },
        // Longer than a service account's token may live (TX-08).
        accessTokenLifetime: 7_200,
        ...{ scopes: ['orders:read', 'orders:write', 'billing:read'], exchange: { impersonation: true } },
      };
      file.clients.push(machine, { ...machine, id: 'other' }, { ...machine, id: 'off' });
      file.clients.push({ ...machine, id: 'grantless', grantTypes: ['client_credentials'] });
      file.serviceAccounts = ACCOUNTS.map((id) => ({ id, ...RIGHTS }));
      file.serviceAccounts.push({ id: 'of-off', ...RIGHTS, client: 'off' });
      file.serviceAccounts.push({ id: 'of-grantless', ...RIGHTS, client: 'grantless' });
    });
    const rights = ['--client', 'machines', '--scopes', RIGHTS.scopes.join(',')];
    for (const id of BY_HAND) await serviceAccount(tenant, 'create', id, ...rights);
    token = await newServiceToken(tenant, 'night');
  });
  afterAll(() => storage.close());

  const issued = async (assertion: string, more: Record<string, string> = {}) => {
    const answer = await present(tenant, assertion, more);
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`);
    return answer.json<Tokens>();
  };
  /** Refused, nothing stored, and the assertion is not in the answer. */
  const refused = async (assertion: string, error = 'invalid_grant') =>
    expectJsonError(await unchanged(storage, tenant.id, () => present(tenant, assertion)), 400, error, assertion);

  it('S4 S6 X7 R10 the whole list, echoed, for an hour and no more; no refresh token and no ID token', async () => {
    const answer = await sameVerdict(() => present(tenant, token));
    expectClean(answer, token);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { access_token, ...rest } = answer.json();
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600, scope: 'orders:read billing:read' });
    const claims = decodeJwt(String(access_token));
    expect(decodeProtectedHeader(String(access_token))).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    expect(claims).toMatchObject({
      ...{ iss: tenant.issuer, sub: 'urn:grantway:serviceaccount:night', client_id: 'machines', azp: 'machines' },
      aud: ['machines', 'service', ORDERS, BILLING],
    });
    for (const name of ['auth_time', 'acr', 'amr', 'sid', 'act']) expect(claims).not.toHaveProperty(name);
    expect(await told(tenant, 'machines', String(access_token))).toMatchObject({ active: true, sub: claims.sub });
  });

  it('S8 the JWT names itself, us alone, and its account; its jti is nowhere', async () => {
    const { jti, iat, exp, ...claims } = decodeJwt(token);
    expect(claims).toEqual({ iss: tenant.issuer, aud: tenant.issuer, sub: 'urn:grantway:serviceaccount:night' });
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'service-account+jwt', alg: 'ES256' });
    expect(Number(exp) - Number(iat)).toBe(365 * 86_400);
    for (const secret of [token, String(jti)]) expect(await storage.holds(secret)).toBe(false);
  });

  it('S5 it is no nonce: it is good again, and again', async () => {
    const answers = await burst(50, () => present(tenant, token));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(new Set(answers.map((answer) => decodeJwt(answer.json<Tokens>().access_token).jti)).size).toBe(50);
  });

  it.each([
    ['less is given', { scope: 'billing:read' }, 'billing:read', BILLING],
    ['a resource takes what is its own', { resource: ORDERS }, 'orders:read', ORDERS],
  ])('S4 %s', async (_what, more, scope, audience) => {
    const { access_token, ...rest } = await issued(token, more as Record<string, string>);
    expect(rest.scope).toBe(scope);
    expect(decodeJwt(access_token).aud).toEqual(['machines', 'service', audience]);
  });

  it.each([
    ['S4 TX-08 a scope outside the list', { scope: 'orders:write' }, 'invalid_scope'],
    ['S4 one inside and one outside', { scope: 'orders:read orders:write' }, 'invalid_scope'],
    ['S4 openid', { scope: 'openid' }, 'invalid_scope'],
    ['S4 offline_access', { scope: 'orders:read offline_access' }, 'invalid_scope'],
    ['S4 a scope nobody has', { scope: 'bogus' }, 'invalid_scope'],
    ['X10 a resource nobody has', { resource: 'https://evil.example' }, 'invalid_target'],
  ])('%s', async (_what, more, error) => {
    const asked = () => present(tenant, token, more as Record<string, string>);
    expectJsonError(await unchanged(storage, tenant.id, asked), 400, error, token);
  });

  it('S1 no assertion, an empty one, two, or one too long → invalid_request', async () => {
    const url = `${tenant.issuer}/token`;
    const forms: [string, string][][] = [
      [['grant_type', JWT_BEARER]],
      [
        ['assertion', ''],
        ['grant_type', JWT_BEARER],
      ],
      [
        ['assertion', token],
        ['assertion', token],
        ['grant_type', JWT_BEARER],
      ],
      ...[1, 4].map((times): [string, string][] => [
        ['assertion', 'x'.repeat(4_097 * times)],
        ['grant_type', JWT_BEARER],
      ]),
    ];
    for (const form of forms) expectJsonError(await postForm(url, form), 400, 'invalid_request', token);
    expect(
      (
        await postForm(url, [
          ['assertion', 'x'.repeat(80_000)],
          ['grant_type', JWT_BEARER],
        ])
      ).status,
    ).toBe(413);
  });

  it('S2 MT-01 another environment’s, with an account of the same id → invalid_grant', async () => {
    const other = await Tenant.create((file) => {
      file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', JWT_BEARER];
      file.clients.push({ id: 'machines', auth: 'none', grantTypes: [JWT_BEARER], scopes: ['orders:read'] });
      file.serviceAccounts = [{ id: 'night', client: 'machines', scopes: ['orders:read'] }];
    });
    const theirs = await newServiceToken(other, 'night');
    await refused(theirs);
    expectJsonError(await present(other, token), 400, 'invalid_grant');
    // A public client may own accounts: it is the account that proves itself.
    expect((await present(other, theirs)).status).toBe(200);
  });

  it.each([
    ['rotated', 'regenerate'],
    ['disabled', 'disable'],
    ['deleted', 'delete'],
  ])('S3 TX-08 CVE-2026-1486 an account that was %s → invalid_grant', async (id, verb) => {
    const before = await newServiceToken(tenant, id);
    await serviceAccount(tenant, verb, id);
    await everywhere(
      () => present(tenant, before),
      ({ status }) => status !== 200,
    );
    await refused(before);
  });

  it.each(['update', 'disable', 'enable', 'delete'])(
    'house: %s of an account of the environment file is refused',
    async (verb) => {
      await expect(serviceAccount(tenant, verb, 'night')).rejects.toThrow('belongs to the environment file');
      expect((await present(tenant, token)).status).toBe(200);
    },
  );

  it('S3 the owner’s client is disabled, or has not this grant → no token', async () => {
    const [ofOff, ofGrantless] = [
      await newServiceToken(tenant, 'of-off'),
      await newServiceToken(tenant, 'of-grantless'),
    ];
    await refused(ofGrantless, 'unauthorized_client');
    await tenant.change(() => Object.assign(tenant.client('off'), { enabled: false }));
    await everywhere(
      () => present(tenant, ofOff),
      ({ status }) => status !== 200,
    );
    await refused(ofOff);
  });

  it.each([
    ['rotate', 'regenerate'],
    ['disable', 'disable'],
    ['delete', 'delete'],
  ])('S7 %s kills what was issued before, at introspection and userinfo', async (what, verb) => {
    const id = `killed-by-${what}`;
    const { access_token } = await issued(await newServiceToken(tenant, id));
    await everywhere(
      () => told(tenant, 'machines', access_token),
      ({ active }) => active === true,
    );
    const survivor = await issued(token);
    await serviceAccount(tenant, verb, id);
    const answers = await everywhere(
      () => told(tenant, 'machines', access_token),
      ({ active }) => active === false,
    );
    expect(answers).toEqual(answers.map(() => INACTIVE));
    expect(await told(tenant, 'machines', survivor.access_token)).toMatchObject({ active: true });
    const answer = await request(`${tenant.issuer}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
    expectJsonError(answer, 401, 'invalid_token', access_token);
  });

  it('S7 a new account of an id that was deleted brings nothing back', async () => {
    const id = 'killed-by-delete';
    await serviceAccount(tenant, 'create', id, '--client', 'machines', '--scopes', 'orders:read');
    const first = await issued(await newServiceToken(tenant, id));
    await serviceAccount(tenant, 'delete', id);
    await serviceAccount(tenant, 'create', id, '--client', 'machines', '--scopes', 'orders:read');
    await newServiceToken(tenant, id);
    expect(await told(tenant, 'machines', first.access_token)).toEqual(INACTIVE);
  });

  it('S3 S7 rotation during 50 exchanges at once: each is a token or invalid_grant, and afterwards all of the old are dead', async () => {
    const before = await newServiceToken(tenant, 'raced');
    const answers: Answer[] = [];
    let rotated = false;
    let rotation: Promise<void> | undefined;
    const rotate = async () => {
      await newServiceToken(tenant, 'raced').finally(() => {
        rotated = true;
      });
    };
    const presentAndRotate = async () => {
      const answer = await present(tenant, before);
      rotation ??= rotate();
      return answer;
    };
    do answers.push(...(await burst(50, presentAndRotate)));
    while (!rotated);
    await rotation;
    const old = answers.filter(({ status }) => status === 200);
    expect(old.length).toBeGreaterThan(0);
    for (const answer of answers) {
      expectClean(answer);
      if (answer.status !== 200) expectJsonError(answer, 400, 'invalid_grant');
    }
    await everywhere(
      () => present(tenant, before),
      ({ status }) => status !== 200,
    );
    for (const answer of old) {
      expect(await told(tenant, 'machines', answer.json<Tokens>().access_token)).toEqual(INACTIVE);
    }
  });

  it('W3 X6 off in an environment that does not have it, and not advertised there', async () => {
    const plain = await Tenant.create();
    expectJsonError(await present(plain, token), 400, 'unsupported_grant_type');
    const grants = async ({ issuer }: Tenant) =>
      (await request(`${issuer}/.well-known/openid-configuration`)).json<{ grant_types_supported: string[] }>()
        .grant_types_supported;
    expect(await grants(plain)).not.toContain(JWT_BEARER);
    expect(await grants(tenant)).toContain(JWT_BEARER);
  });
});
