import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, ORDERS, Tenant } from './support/environments.js';
import {
  actor,
  EXCHANGE,
  exchange,
  exchanged,
  type Form,
  LEDGER,
  ownToken,
  subject,
  typeOf,
  withExchange,
} from './support/exchange.js';
import { postForm, request } from './support/http.js';
import { expectClean, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

describe('token exchange, seeds §7.8, RFC 8693', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let tokens: Tokens;
  let [web, backend, careful, second]: App[] = [];

  beforeAll(async () => {
    tenant = await Tenant.create(withExchange);
    [web, backend, careful, second] = ['web', 'backend', 'careful', 'second'].map((id) => tenant.app(id));
    tokens = await app('web').tokens(ADA, { scope: 'openid offline_access orders:read orders:write' });
  });
  afterAll(() => storage.close());

  /** One of the four; assigned before every test. */
  function app(id: 'web' | 'backend' | 'careful' | 'second'): App {
    const known = { web, backend, careful, second }[id];
    if (!known) throw new Error(`no app ${id}`);
    return known;
  }
  const refused = async (by: App, form: Form, error: string) => {
    const secrets = [form['subject_token'], form['actor_token']].filter(
      (text) => text !== undefined && text.length > 20,
    );
    const answer = await unchanged(storage, tenant.id, () => exchange(by, form));
    expectJsonError(answer, 400, error, ...(secrets as string[]));
    return answer;
  };
  /** As of another sign-on, so that one test does not end what another holds. */
  const fresh = (scope = 'openid orders:read') => app('web').tokens(ADA, { scope });

  describe('T8 whom the token is about, and who acts', () => {
    it('T8 X7 R10 impersonation: the subject, no act; what kind it is, is always said; no refresh token', async () => {
      const answer = await sameVerdict(() => exchange(app('backend'), subject(tokens.access_token)));
      expectClean(answer, tokens.access_token);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      const { access_token, expires_in, ...rest } = answer.json();
      expect(rest).toEqual({
        ...{ issued_token_type: typeOf('access_token'), token_type: 'Bearer', scope: 'orders:read orders:write' },
      });
      const { sub, sid, auth_time, acr, amr, exp } = decodeJwt(tokens.access_token);
      const claims = decodeJwt(String(access_token));
      expect(claims).toMatchObject({ sub, sid, auth_time, acr, amr, client_id: 'backend', aud: ORDERS });
      expect(claims).not.toHaveProperty('act');
      expect(decodeProtectedHeader(String(access_token))).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
      expect(Number(expires_in)).toBeLessThanOrEqual(Number(exp) - Number(claims.iat));
    });

    it('T8 delegation names the actor beside the subject', async () => {
      const claims = await exchanged(app('careful'), {
        ...subject(tokens.access_token),
        ...actor(await ownToken(app('careful'))),
      });
      expect(claims).toMatchObject({ sub: decodeJwt(tokens.access_token).sub, client_id: 'careful' });
      expect(claims['act']).toEqual({ sub: 'careful', client_id: 'careful', iss: tenant.issuer });
    });

    it('T8 TX-06 GHSA-7qjx-gp9h-65qj the chain nests, three are not too many, the fourth is', async () => {
      let token = tokens.access_token;
      const chain: string[] = [];
      for (const id of ['backend', 'careful', 'second'] as const) {
        const form = { ...subject(token), ...actor(await ownToken(app(id))) };
        token = (await exchange(app(id), form)).json<Tokens>().access_token;
        chain.unshift(id);
        expect(actorsOf(decodeJwt(token))).toEqual(chain);
      }
      await refused(app('backend'), { ...subject(token), ...actor(await ownToken(app('backend'))) }, 'invalid_request');
    });

    it('T8 TX-06 impersonation forgets nobody, and what came of three exchanges is not exchanged again', async () => {
      const form = { ...subject(tokens.access_token), ...actor(await ownToken(app('careful'))) };
      let token = (await exchange(app('careful'), form)).json<Tokens>().access_token;
      for (let exchanges = 1; exchanges < 3; exchanges++) {
        token = (await exchange(app('backend'), subject(token))).json<Tokens>().access_token;
        expect(actorsOf(decodeJwt(token))).toEqual(['careful']);
      }
      await refused(app('backend'), subject(token), 'invalid_request');
    });

    it('TX-06 the subject’s own token is no actor’s', async () => {
      const { access_token, id_token } = tokens;
      for (const own of [actor(access_token), actor(id_token, 'id_token')]) {
        await refused(app('careful'), { ...subject(access_token), ...own }, 'invalid_request');
      }
    });

    it('T8 an ID token may be shown as well, as subject and as actor', async () => {
      const claims = await exchanged(app('backend'), { ...subject(tokens.id_token, 'id_token'), scope: 'orders:read' });
      expect(claims).toMatchObject({ sub: decodeJwt(tokens.id_token).sub, scope: 'orders:read', acr: 'Single_Factor' });
      const acting = { ...subject(await ownToken(app('backend'))), ...actor(tokens.id_token, 'id_token') };
      expect((await exchanged(app('backend'), acting))['act']).toMatchObject({ sub: claims['sub'], client_id: 'web' });
    });

    it('T1 a token of type jwt is an access token that is one', async () => {
      expect((await exchange(app('backend'), subject(tokens.access_token, 'jwt'))).status).toBe(200);
    });

    it('T8 a client’s own token is its own to narrow', async () => {
      const own = await ownToken(app('careful'));
      expect(await exchanged(app('careful'), subject(own))).toMatchObject({ sub: 'careful', scope: 'orders:read' });
    });
  });

  it.each([
    ['no subject_token', { subject_token: undefined }],
    ['no subject_token_type', { subject_token_type: undefined }],
    ['an empty subject_token', { subject_token: '' }],
    ['an unknown subject_token_type', { subject_token_type: 'urn:example:token' }],
    ['a short spelling of the type', { subject_token_type: 'access_token' }],
    ['a refresh token', { subject_token_type: typeOf('refresh_token') }],
    ['an actor_token without type', { actor_token: 'x' }],
    ['an actor_token_type without token', { actor_token_type: typeOf('access_token') }],
    ['an unknown actor_token_type', { actor_token: 'x', actor_token_type: 'urn:example:token' }],
    ['T3 an ID token is asked for', { requested_token_type: typeOf('id_token') }],
    ['T3 a refresh token is asked for', { requested_token_type: typeOf('refresh_token') }],
    ['T3 something else is asked for', { requested_token_type: 'urn:example:token' }],
  ])('T1 T3 %s → invalid_request', async (_what, changes) => {
    await refused(app('backend'), { ...subject(tokens.access_token), ...changes }, 'invalid_request');
  });

  it('T3 an access token may be asked for by its name', async () => {
    const form = { ...subject(tokens.access_token), requested_token_type: typeOf('access_token') };
    expect((await exchange(app('backend'), form)).status).toBe(200);
  });

  it('X2 a parameter twice → invalid_request', async () => {
    const form: [string, string][] = [
      ['grant_type', EXCHANGE],
      ...Object.entries(subject('x') as Record<string, string>),
    ];
    for (const again of form) {
      const answer = await postForm(`${tenant.issuer}/token`, [...form, again], authorizationOf(app('backend')));
      expectJsonError(answer, 400, 'invalid_request');
    }
  });

  describe('T4 T5 T7 for what', () => {
    it.each([
      ['T5 what the subject has not', 'ledger:read', 'invalid_scope'],
      ['TX-04 CVE-2026-109374 more than the subject has', 'orders:read ledger:read', 'invalid_scope'],
      ['T5 what the client has not', 'billing:read', 'invalid_scope'],
      ['T5 what nobody has', 'bogus', 'invalid_scope'],
      ['T7 openid', 'openid', 'invalid_scope'],
      ['T7 openid beside another', 'openid orders:read', 'invalid_scope'],
      ['T7 offline_access, though the subject has it', 'offline_access orders:read', 'invalid_scope'],
    ])('%s → invalid_scope', async (_what, scope, error) => {
      await refused(app('backend'), { ...subject(tokens.access_token), scope }, error);
    });

    it.each([
      ['unknown resource', { resource: 'https://evil.example' }],
      ['unknown audience', { audience: 'evil' }],
      ['another client as audience', { audience: 'web' }],
      ['resource the subject has nothing of', { resource: LEDGER }],
      ['resource with a fragment', { resource: `${ORDERS}#x` }],
    ])('T4 X10 %s → invalid_target', async (_what, more) => {
      await refused(app('backend'), { ...subject(tokens.access_token), ...more }, 'invalid_target');
    });

    it('T4 T5 a resource takes what is its own; less is given where less is asked', async () => {
      const wide = await fresh('openid orders:read orders:write ledger:read');
      const narrowed = { ...subject(wide.access_token), resource: LEDGER };
      expect(await exchanged(app('backend'), narrowed)).toMatchObject({ aud: LEDGER, scope: 'ledger:read' });
      const less = { ...subject(wide.access_token), scope: 'orders:read' };
      expect(await exchanged(app('backend'), less)).toMatchObject({ aud: ORDERS, scope: 'orders:read' });
    });

    it('T5 once narrowed it is never wide again', async () => {
      const less = await exchange(app('backend'), { ...subject(tokens.access_token), scope: 'orders:read' });
      const { access_token } = less.json<Tokens>();
      await refused(app('backend'), { ...subject(access_token), scope: 'orders:write' }, 'invalid_scope');
    });

    it('T7 a token of OpenID Connect alone has nothing to exchange → invalid_scope', async () => {
      await refused(app('backend'), subject((await fresh('openid')).access_token), 'invalid_scope');
    });

    it('T10 it never lives longer than what it came of', async () => {
      const { access_token } = await fresh();
      const [before, after] = [decodeJwt(access_token), await exchanged(app('backend'), subject(access_token))];
      expect(Number(after['exp'])).toBeLessThanOrEqual(Number(before.exp));
    });
  });

  describe('T9 who may', () => {
    it.each([
      ['named by may_act', 'backend', 200],
      ['not named by may_act', 'second', 400],
    ] as const)('T9 a client that is %s', async (_what, id, status) => {
      const { access_token } = await fresh('openid ledger:read');
      expect(decodeJwt(access_token)['may_act']).toEqual({ client_id: 'backend' });
      const acting = { ...subject(access_token), ...actor(await ownToken(app(id))) };
      for (const form of [subject(access_token), acting]) {
        const answer = await exchange(app(id), form);
        expect(answer.status).toBe(status);
        if (status === 400) expectJsonError(answer, 400, 'invalid_request', access_token);
      }
    });

    it('TX-06 impersonation without the right to it → invalid_request, and it is said why', async () => {
      const answer = await refused(app('careful'), subject(tokens.access_token), 'invalid_request');
      expect(answer.json()['error_description']).toBe('actor_token is missing, and the client may not impersonate');
    });

    it('T6 X6 a public client, a client without the grant → unauthorized_client; off here → unsupported_grant_type', async () => {
      for (const id of ['spa', 'web', 'service']) {
        const asked = () => exchange(tenant.app(id), subject(tokens.access_token));
        expectJsonError(await unchanged(storage, tenant.id, asked), 400, 'unauthorized_client', tokens.access_token);
      }
      const plain = await Tenant.create();
      expectJsonError(await exchange(plain.app(), subject(tokens.access_token)), 400, 'unsupported_grant_type');
      const metadata = async ({ issuer }: Tenant) => (await request(`${issuer}/.well-known/openid-configuration`)).text;
      expect([await metadata(plain), await metadata(tenant)]).toEqual([
        expect.not.stringContaining(EXCHANGE),
        expect.stringContaining(EXCHANGE),
      ]);
    });
  });

  it('TX-01 what belongs to other grants has no effect', async () => {
    const more = { code: 'x', refresh_token: 'x', assertion: 'x', username: 'x', password: 'x' };
    expect((await exchange(app('backend'), { ...subject(tokens.access_token), ...more })).status).toBe(200);
  });
});

function actorsOf(claims: Record<string, unknown>): string[] {
  const act = claims['act'] as Record<string, unknown> | undefined;
  return act ? [String(act['sub']), ...actorsOf(act)] : [];
}

function authorizationOf({ clientId, secret }: App): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` };
}
