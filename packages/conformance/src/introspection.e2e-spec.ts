import { decodeJwt } from 'jose';
import type { Tokens } from './support/app.js';
import { ask, INACTIVE, resourceTenant, told } from './support/companions.js';
import { Storage } from './support/database.js';
import { ADA, BILLING, ORDERS, SECRET, type Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { basic, postForm, request } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { expectClean, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

describe('introspection, seeds §8 introspect, RFC 7662', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let tokens: Tokens;

  beforeAll(async () => {
    tenant = await resourceTenant();
    tokens = await tenant.app().tokens(ADA);
  });
  afterAll(() => storage.close());

  const url = () => `${tenant.issuer}/introspect`;

  it('§2.2 the resource is told what the JWT itself says, and whose it is', async () => {
    const claims = decodeJwt(tokens.access_token);
    const { authorization_id: _, ...shown } = claims;
    const answer = await sameVerdict(() => ask(tenant, 'orders', tokens.access_token));
    expectClean(answer, tokens.access_token);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual({ ...shown, active: true, token_type: 'Bearer', username: 'ada' });
    expect(answer.json()).toMatchObject({ aud: ORDERS, client_id: 'web', iss: tenant.issuer, exp: claims.exp });
  });

  it('§2.1 §2.2 a refresh token, to its own client alone; hints are advice', async () => {
    for (const token_type_hint of ['refresh_token', 'access_token', 'nonsense']) {
      const answer = await ask(tenant, 'web', tokens.refresh_token, { token_type_hint });
      expect(answer.json()).toMatchObject({
        ...{
          active: true,
          client_id: 'web',
          username: 'ada',
          sub: decodeJwt(tokens.id_token).sub,
          scope: tokens.scope,
        },
        iss: tenant.issuer,
      });
      expect(answer.json()).not.toHaveProperty('token_type');
    }
    for (const who of ['orders', 'second', 'service']) {
      expect(await told(tenant, who, tokens.refresh_token)).toEqual(INACTIVE);
    }
  });

  it('CVE-2021-32701 of one token, in one second, two resources are told each its own scopes', async () => {
    const second = tenant.app('second');
    const scope = 'openid orders:read billing:read';
    const { access_token } = await second.tokens(ADA, { scope });
    const [orders, billing, client] = await Promise.all(
      ['orders', 'billing', 'second'].map((who) => told(tenant, who, access_token)),
    );
    expect([orders?.['scope'], billing?.['scope'], client?.['scope']]).toEqual([
      'openid orders:read',
      'openid billing:read',
      scope,
    ]);
    for (const each of [orders, billing, client]) expect(each?.['aud']).toEqual(decodeJwt(access_token).aud);
    expect([decodeJwt(access_token).aud].flat().sort()).toEqual([BILLING, ORDERS]);
  });

  it('IR-02 CVE-2026-37979 CVE-2026-18208 a stranger is told exactly {"active":false}, whatever format it asks for', async () => {
    const own = (await tenant.app('service').token({ grant_type: 'client_credentials' })).json<Tokens>().access_token;
    const strangers: [who: string, token: string][] = [
      ['billing', tokens.access_token],
      ['second', tokens.access_token],
      ['service', tokens.access_token],
      ['web', own],
      ['billing', own],
    ];
    for (const [who, token] of strangers) {
      for (const accept of ['*/*', 'application/json', 'application/token-introspection+jwt', 'application/jwt']) {
        const answer = await postForm(url(), { token }, { ...basic(who, SECRET), accept });
        expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
          200,
          '{"active":false}',
          'application/json; charset=utf-8',
        ]);
      }
    }
    expect(await told(tenant, 'orders', own)).toMatchObject({ active: true, sub: 'service', client_id: 'service' });
    expect(await told(tenant, 'service', own)).toMatchObject({ active: true });
    expect(await told(tenant, 'orders', own)).not.toHaveProperty('username');
  });

  it('IR-01 without proof of who asks: 401 invalid_client, and nothing is told', async () => {
    const form = { token: tokens.access_token };
    const attempts: [form: Record<string, string>, headers: Record<string, string>][] = [
      [form, {}],
      [{ ...form, client_id: 'spa' }, {}],
      [{ ...form, client_id: 'orders' }, {}],
      [form, basic('orders', 'wrong')],
      [form, basic('orders', '')],
      [form, basic('nobody', SECRET)],
      [form, basic('web', 'wrong')],
      [form, { authorization: `Bearer ${tokens.access_token}` }],
      [{ ...form, client_id: 'orders', client_secret: 'wrong' }, {}],
    ];
    for (const [sent, headers] of attempts) {
      const answer = await unchangedBut(() => postForm(url(), sent, headers));
      expectJsonError(answer, 401, 'invalid_client', tokens.access_token);
      const challenge = answer.headers.get('www-authenticate');
      expect(challenge).toBe('authorization' in headers ? `Basic realm="${tenant.id}", charset="UTF-8"` : null);
    }
    const posted = { ...form, client_id: 'orders', client_secret: SECRET };
    expect((await postForm(url(), posted)).json()).toMatchObject({ active: true });
  });

  /** Only the counters of wrong secrets may move. */
  async function unchangedBut<T>(act: () => Promise<T>): Promise<T> {
    const tables = () =>
      storage.rows('SELECT count(*)::int AS rows FROM authorization_record WHERE environment_id = $1', [tenant.id]);
    const before = await tables();
    const result = await act();
    expect(await tables()).toEqual(before);
    return result;
  }

  it('X4 two proofs at once: 400 invalid_request', async () => {
    const twice = { token: tokens.access_token, client_id: 'orders', client_secret: SECRET };
    expectJsonError(await postForm(url(), twice, basic('orders', SECRET)), 400, 'invalid_request');
    const other = { token: tokens.access_token, client_id: 'web' };
    expectJsonError(await postForm(url(), other, basic('orders', SECRET)), 400, 'invalid_request');
    const assertion = { token: 'x', client_assertion: 'a.b.c', client_assertion_type: 'x' };
    expectJsonError(await postForm(url(), assertion, basic('orders', SECRET)), 400, 'invalid_request');
  });

  it('§2.1 X1 no token, an empty or a repeated one: 400 invalid_request; GET: 405', async () => {
    const proof = basic('orders', SECRET);
    const repeated: [string, string][] = [
      ['token', tokens.access_token],
      ['token', tokens.access_token],
    ];
    for (const form of [{}, { token: '' }, repeated]) {
      expectJsonError(await postForm(url(), form as Record<string, string>, proof), 400, 'invalid_request');
    }
    const got = await request(`${url()}?token=${tokens.access_token}`, { headers: proof });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('HT-04 no script of another origin reads the answer', async () => {
    const headers = { ...basic('orders', SECRET), origin: 'https://spa.example' };
    const answer = await postForm(url(), { token: tokens.access_token }, headers);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('§2.2 whatever is none of ours is inactive, and asking changes nothing', async () => {
    const [header, payload] = tokens.access_token.split('.');
    const wrong = [
      'nonsense',
      '{}',
      'a'.repeat(20_000),
      `${tokens.access_token}x`,
      `${header}.${payload}.`,
      `${tokens.access_token.slice(0, -8)}AAAAAAAA`,
      tokens.id_token,
      await tenant.app().code(ADA),
      `gwat_${'A'.repeat(22)}.${'A'.repeat(43)}`,
      `gwrt_${'A'.repeat(22)}.0.${'A'.repeat(43)}`,
      "' OR 1=1 --",
      '\u2028\uffff',
    ];
    await unchanged(storage, tenant.id, async () => {
      for (const token of wrong) {
        for (const who of ['orders', 'web']) expect(await told(tenant, who, token)).toEqual(INACTIVE);
      }
    });
    await unchanged(storage, tenant.id, () => told(tenant, 'orders', tokens.access_token));
  });

  it('IR-03 CVE-2026-8922 X14 dead by user or client; lifting one cause does not lift the other', async () => {
    const own = await resourceTenant();
    const visit = new SignedOn(own.app('second'));
    const { access_token } = await visit.tokens({ scope: 'openid orders:read' });
    const live = () => told(own, 'orders', access_token);
    const becomes = async (active: boolean) => {
      const answers = await everywhere(live, (answer) => answer['active'] === active);
      expect(new Set(answers.map((answer) => answer['active']))).toEqual(new Set([active]));
    };
    await becomes(true);
    const set = (status: 'active' | 'locked', enabled: boolean) =>
      own.change(() => {
        own.user('ada').status = status;
        own.client('second').enabled = enabled;
      });
    await set('locked', false);
    await becomes(false);
    await set('active', false);
    await becomes(false);
    await set('active', true);
    await becomes(true);
    await set('locked', false);
    await set('locked', true);
    await becomes(false);
  }, 180_000);

  it('IR-01 a thousand guesses: 429 with Retry-After, while a live token is still answered', async () => {
    const own = await resourceTenant();
    const { access_token } = await own.app().tokens(ADA);
    const statuses = new Set<number>();
    let waits: string | null = null;
    for (let round = 0; round < 60 && !statuses.has(429); round++) {
      const guesses = Array.from({ length: 25 }, (_, n) => ask(own, 'orders', `gwat_${round}-${n}`));
      for (const answer of await Promise.all(guesses)) {
        statuses.add(answer.status);
        waits ??= answer.headers.get('retry-after');
      }
    }
    expect([...statuses].sort()).toEqual([200, 429]);
    expect(Number(waits)).toBeGreaterThan(0);
    expect(await told(own, 'orders', access_token)).toMatchObject({ active: true });
    // MT-03: nobody else waits for it.
    for (const other of [() => ask(own, 'billing', 'x'), () => ask(tenant, 'orders', 'x')]) {
      expect((await other()).json()).toEqual(INACTIVE);
    }
  }, 180_000);

  it('MT-01 a resource’s secret and a token of another environment are nothing here', async () => {
    const other = await resourceTenant((file) => {
      for (const resource of file.resources ?? []) resource.introspectionSecret = 'another-secret-of-length';
    });
    expectJsonError(await ask(other, 'orders', tokens.access_token), 401, 'invalid_client');
    const proof = basic('orders', 'another-secret-of-length');
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect((await postForm(`${other.issuer}/introspect`, { token }, proof)).json()).toEqual(INACTIVE);
    }
    expect(await told(tenant, 'orders', tokens.access_token)).toMatchObject({ active: true });
  });

  it('RFC 8414 §2 discovery names the endpoint and who may use it', async () => {
    const metadata = (await request(`${tenant.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata['introspection_endpoint']).toBe(url());
    expect(metadata['introspection_endpoint_auth_methods_supported']).toContain('client_secret_basic');
    expect(metadata['introspection_endpoint_auth_methods_supported']).not.toContain('none');
  });
});
