import { decodeJwt } from 'jose';
import { Storage } from './support/database.js';
import { BILLING, ORDERS, SECRET, Tenant } from './support/environments.js';
import { Answer, basic, postForm } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

describe('token endpoint: scope and resource, seeds §6', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let web: SignedOn;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const [shop] = file.clients;
      file.clients.push(
        {
          id: 'spanning',
          auth: 'client_secret_basic',
          secret: SECRET,
          grantTypes: ['client_credentials'],
          scopes: ['orders:read', 'billing:read'],
          multipleResources: true,
        },
        { ...(shop as object), id: 'both', scopes: [...(shop?.scopes ?? []), 'billing:read'] } as typeof shop & object,
      );
    });
    web = new SignedOn(tenant.app());
  });

  afterAll(() => storage.close());

  const ask = (form: Record<string, string> | [string, string][], client = 'service'): Promise<Answer> => {
    const pairs: [string, string][] = Array.isArray(form) ? form : Object.entries(form);
    return postForm(`${tenant.issuer}/token`, [['grant_type', 'client_credentials'], ...pairs], basic(client, SECRET));
  };

  it.each([
    ['unknown', 'nowhere:read'],
    ['of a resource, but not the client’s', 'orders:write'],
    ['one allowed, one not', 'orders:read nowhere:read'],
    ['with a quote', 'orders:"read"'],
    ['with a backslash', 'orders:\\read'],
    ['with a letter beyond ASCII', 'orders:réad'],
    ['separated by a tab', 'orders:read\tbilling:read'],
    ['of 129 letters', 'x'.repeat(129)],
    ['101 of them', Array.from({ length: 101 }, (_, at) => `s${at}`).join(' ')],
    ['in another case', 'ORDERS:READ'],
    ['of two resources, without the flag', 'orders:read billing:read'],
  ])('X9 TX-02 CVE-2024-52287 CVE-2024-38371 scope %s → invalid_scope, nothing stored', async (_what, scope) => {
    const answer = await unchanged(storage, tenant.id, () => sameVerdict(() => ask({ scope })));
    expectJsonError(answer, 400, 'invalid_scope');
  });

  it('X9 X7 what is allowed is granted and said: one resource, its audience as a string', async () => {
    const answer = await ask({ scope: ' billing:read  billing:read' });
    expect(answer.json()).toMatchObject({ scope: 'billing:read' });
    expect(decodeJwt(answer.json()['access_token'] as string)).toMatchObject({ aud: BILLING, scope: 'billing:read' });
  });

  it('X9 two resources with the flag: both audiences, as an array', async () => {
    const answer = await ask({ scope: 'orders:read billing:read' }, 'spanning');
    expect(answer.json()).toMatchObject({ scope: 'orders:read billing:read' });
    expect(decodeJwt(answer.json()['access_token'] as string).aud).toEqual([ORDERS, BILLING]);
  });

  describe.each(['resource', 'audience'])('%s', (name) => {
    it.each([
      ['unknown', 'https://api.example/nowhere'],
      ['with a fragment', `${ORDERS}#part`],
      ['with a slash more', `${ORDERS}/`],
      ['that is no URI', 'orders'],
      ['in another case', ORDERS.toUpperCase()],
      ['of which no scope is granted', BILLING],
    ])('X10 %s → invalid_target, nothing stored', async (_what, value) => {
      const answer = await unchanged(storage, tenant.id, () =>
        sameVerdict(() => ask({ scope: 'orders:read', [name]: value })),
      );
      expectJsonError(answer, 400, 'invalid_target');
    });

    it('X10 one good and one unknown → invalid_target', async () => {
      const answer = await ask([
        ['scope', 'orders:read'],
        [name, ORDERS],
        [name, 'https://api.example/nowhere'],
      ]);
      expectJsonError(answer, 400, 'invalid_target');
    });

    it('X10 RFC 8707 §2.2 a known one narrows scope and audience', async () => {
      const answer = await ask({ scope: 'orders:read billing:read', [name]: BILLING }, 'spanning');
      expect(answer.json()).toMatchObject({ scope: 'billing:read' });
      expect(decodeJwt(answer.json()['access_token'] as string)).toMatchObject({ aud: BILLING, scope: 'billing:read' });
    });
  });

  it('CO-12 workers-oauth-provider 0.8.2 0.9.0 a wrong resource or scope does not burn the code', async () => {
    const { app } = web;
    const code = await web.code();
    const mistakes: [Record<string, string>, string][] = [
      [{ resource: BILLING }, 'invalid_target'],
      [{ resource: 'https://api.example/nowhere' }, 'invalid_target'],
      [{ scope: 'orders:write' }, 'invalid_scope'],
      [{ scope: 'a"b' }, 'invalid_scope'],
    ];
    const narrow = await web.code({ scope: 'openid orders:read' });
    for (const [mistake, error] of mistakes) {
      const answer = await unchanged(storage, tenant.id, () => app.redeem(narrow, mistake));
      expectJsonError(answer, 400, error, narrow);
    }
    expect((await app.redeem(narrow)).status).toBe(200);
    expect((await app.redeem(code, { resource: ORDERS })).status).toBe(200);
  });

  it('X10 CVE-2026-67332 a resource outside the authorized set → invalid_target, at redemption and at refresh', async () => {
    const both = new SignedOn(tenant.app('both'));
    const scope = 'openid offline_access orders:read';
    const code = await both.code({ scope, resource: ORDERS });
    expectJsonError(await both.app.redeem(code, { resource: BILLING }), 400, 'invalid_target', code);
    const { access_token, refresh_token } = (await both.app.redeem(code, { resource: ORDERS })).json<{
      access_token: string;
      refresh_token: string;
    }>();
    expect(decodeJwt(access_token).aud).toBe(ORDERS);
    expectJsonError(await both.app.refresh(refresh_token, { resource: BILLING }), 400, 'invalid_target', refresh_token);
    expect((await both.app.refresh(refresh_token, { resource: ORDERS })).status).toBe(200);
  });

  it('X9 a user is not even asked for scopes of two resources without the flag', async () => {
    const both = new SignedOn(tenant.app('both'));
    const answer = await both.app.signIn(tenant.person(), { username: 'x', password: 'x' }, {});
    expect(answer.params()).toMatchObject({ error: 'invalid_scope' });
  });
});
