import { decodeJwt } from 'jose';
import type { App, Tokens } from './support/app.js';
import { giveBack, INACTIVE, told } from './support/companions.js';
import { Storage } from './support/database.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import { actor, exchange, type Form, type Kind, ownToken, subject, withExchange } from './support/exchange.js';
import { runStatement } from './support/statements.js';
import { expectClean, expectJsonError, unchanged } from './support/verdict.js';

const PASSWORD = 'one horse battery';
const DEAD = ['locked', 'disabled', 'deleted', 'changed', 'expired'] as const;

describe('token exchange: dead, foreign and forged tokens, catalogue TX-04 TX-05', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let [web, backend]: App[] = [];

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      withExchange(file);
      for (const resource of file.resources ?? []) resource.introspectionSecret = SECRET;
      file.users.push(...DEAD.map((username) => ({ username, password: PASSWORD })));
    });
    [web, backend] = [tenant.app('web'), tenant.app('backend')];
  });
  afterAll(() => storage.close());

  const own = () => web as App;
  const by = () => backend as App;
  const fresh = (scope = 'openid offline_access orders:read') => own().tokens(ADA, { scope });
  /** T2: one answer for all of them, nothing stored. */
  const refused = async (form: Form, from = by()) => {
    const answer = await unchanged(storage, tenant.id, () => exchange(from, form));
    expectJsonError(
      answer,
      400,
      'invalid_request',
      ...([form['subject_token'], form['actor_token']].filter(Boolean) as string[]),
    );
    expect(answer.json()['error_description']).toBe('the subject_token or the actor_token is not valid');
  };
  /** As subject and as actor. */
  const refusedBoth = async (token: string, kind: Kind = 'access_token') => {
    await refused(subject(token, kind));
    await refused({ ...subject((await fresh()).access_token), ...actor(token, kind) });
  };

  it('T2 what is no token', async () => {
    for (const kind of ['access_token', 'id_token', 'jwt'] as const)
      await refusedBoth('nonsense-nonsense-nonsense', kind);
  });

  it('T2 CVE-2023-0657 JW-03 a token of another kind than it is said to be', async () => {
    const { access_token, id_token, refresh_token } = await fresh();
    const code = await own().code(ADA);
    await refusedBoth(id_token);
    await refusedBoth(id_token, 'jwt');
    await refusedBoth(access_token, 'id_token');
    for (const kind of ['access_token', 'id_token', 'jwt'] as const) {
      await refusedBoth(refresh_token, kind);
      await refusedBoth(code, kind);
    }
  });

  it('T2 JW-01 a spoiled signature, and none', async () => {
    const { access_token } = await fresh();
    const [header, payload, signature = ''] = access_token.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    await refusedBoth(
      `${header}.${payload}.${signature.slice(0, -6)}${signature.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`,
    );
    await refusedBoth(`${none}.${payload}.`);
  });

  it('T2 MT-01 audience injection: another environment’s token', async () => {
    const other = await Tenant.create(withExchange);
    const { access_token, id_token } = await other.app('web').tokens(ADA, { scope: 'openid orders:read' });
    expect((await exchange(other.app('backend'), subject(access_token))).status).toBe(200);
    await refusedBoth(access_token);
    await refusedBoth(id_token, 'id_token');
  });

  it('TX-04 CVE-2026-56668 a client that nobody named; a token of a client that names nobody', async () => {
    const { access_token, id_token } = await fresh();
    await refused(subject(access_token), tenant.app('stranger'));
    await refused(subject(id_token, 'id_token'), tenant.app('stranger'));
    await refused(subject(await ownToken(tenant.app('stranger'))));
  });

  it('T9 another client’s own token, though that client’s users’ may be exchanged', async () => {
    await refused(subject(await ownToken(tenant.app('careful'))));
  });

  it('TX-06 an actor who is acted for', async () => {
    const { access_token } = await fresh();
    const acting = { ...subject(access_token), ...actor(await ownToken(by())) };
    const delegated = (await exchange(by(), acting)).json<Tokens>().access_token;
    await refused({ ...subject(access_token), ...actor(delegated) });
  });

  it('T2 TX-04 given back, the token is worth nothing, and nor is what it was exchanged for once its authorization ended', async () => {
    const tokens = await fresh();
    const { access_token } = (await exchange(by(), subject(tokens.access_token))).json<Tokens>();
    expect(await told(tenant, 'orders', access_token)).toMatchObject({ active: true, client_id: 'backend' });
    await giveBack(own(), tokens.access_token);
    await refusedBoth(tokens.access_token);
    // RFC 7009 §2.1: the refresh token takes all with it.
    await giveBack(own(), tokens.refresh_token);
    await everywhere(
      () => told(tenant, 'orders', access_token),
      ({ active }) => active === false,
    );
    await refusedBoth(access_token);
  });

  it('T2 R9 consent withdrawn, what was exchanged is dead as well', async () => {
    const { access_token, id_token } = await fresh();
    const derived = (await exchange(by(), subject(access_token))).json<Tokens>().access_token;
    const again = (await exchange(by(), subject(derived))).json<Tokens>().access_token;
    await runStatement(storage, 'consent_withdraw', [tenant.id, decodeJwt(access_token).sub, 'web']);
    // An ID token stands and falls with what was allowed when it was issued.
    await refused(subject(id_token, 'id_token'));
    for (const token of [access_token, derived, again]) {
      await refused(subject(token));
      expect(await told(tenant, 'orders', token)).toEqual(INACTIVE);
    }
  });

  it('T2 LO-02 signed off, neither the ID token nor what is bound to the session is good', async () => {
    const { access_token, id_token } = await fresh('openid orders:read');
    const derived = (await exchange(by(), subject(access_token))).json<Tokens>().access_token;
    const sid = String(decodeJwt(id_token)['sid']);
    await runStatement(storage, 'session_end', [sid, tenant.id]);
    for (const token of [access_token, derived]) await refusedBoth(token);
    await refusedBoth(id_token, 'id_token');
  });

  it('CVE-2023-22492 CVE-2025-64521 CVE-2026-9798 X14 RT-10 a user who is locked, disabled, deleted, has another password, or an expired one', async () => {
    const held = new Map<string, Tokens>();
    for (const username of DEAD) {
      const tokens = await own().tokens({ username, password: PASSWORD }, { scope: 'openid orders:read' });
      expect((await exchange(by(), subject(tokens.access_token))).status).toBe(200);
      expect((await exchange(by(), subject(tokens.id_token, 'id_token'))).status).toBe(200);
      held.set(username, tokens);
    }
    // `auth_time` has seconds alone, so the change must be in a later one.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await tenant.change(() => {
      for (const status of ['locked', 'disabled'] as const) Object.assign(tenant.user(status), { status });
      Object.assign(tenant.user('changed'), { password: 'another one of those' });
      Object.assign(tenant.user('expired'), { mustChangePassword: true });
    });
    const deleted = 'DELETE FROM directory_user WHERE environment_id = $1 AND username = $2';
    await storage.rows(deleted, [tenant.id, 'deleted']);
    for (const { access_token, id_token } of held.values()) {
      await everywhere(
        () => exchange(by(), subject(access_token)),
        ({ status }) => status !== 200,
      );
      await refusedBoth(access_token);
      await refusedBoth(id_token, 'id_token');
    }
  });

  it.each([1, 4, 20])(
    'TX-05 CVE-2026-9704 security parameters at %d× their limit are errors, never dropped',
    async (times) => {
      const { access_token } = await fresh();
      const good: Form = {
        ...subject(access_token),
        ...actor(await ownToken(by())),
        scope: 'orders:read',
        resource: 'x',
      };
      const { resource: _resource, ...form } = good;
      expect((await exchange(by(), form)).status).toBe(200);
      const limits = {
        ...{ subject_token: 16_384, actor_token: 16_384, subject_token_type: 4_096, actor_token_type: 4_096 },
        ...{ requested_token_type: 4_096, scope: 4_096, resource: 4_096, audience: 4_096 },
      };
      for (const [name, limit] of Object.entries(limits)) {
        const answer = await exchange(by(), { ...form, [name]: 'x'.repeat(limit * times + 1) });
        expectClean(answer, access_token);
        expect([400, 413]).toContain(answer.status);
        if (answer.status === 400)
          expect(['invalid_request', 'invalid_scope', 'invalid_target']).toContain(answer.error);
      }
    },
  );

  it('TX-05 oversized, it does not become a request for the client itself', async () => {
    const answer = await exchange(by(), { ...subject('x'.repeat(20_480)), scope: 'orders:read' });
    expectJsonError(answer, 400, 'invalid_request');
  });

  it('TX-04 a client that was disabled takes its users’ tokens with it, and its part in the exchange', async () => {
    const fleeting = await Tenant.create(withExchange);
    const { access_token } = await fleeting.app('web').tokens(ADA, { scope: 'openid orders:read' });
    const ask = () => exchange(fleeting.app('backend'), subject(access_token));
    expect((await ask()).status).toBe(200);
    await fleeting.change(() => Object.assign(fleeting.client('web'), { enabled: false }));
    const answers = await everywhere(ask, ({ status }) => status !== 200);
    for (const answer of answers) expectJsonError(answer, 400, 'invalid_request', access_token);
  });
});
