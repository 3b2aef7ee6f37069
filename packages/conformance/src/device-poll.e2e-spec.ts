import { decodeJwt } from 'jose';
import type { Tokens } from './support/app.js';
import { burst } from './support/burst.js';
import { Storage } from './support/database.js';
import {
  answerDevice,
  DEVICE_CODE,
  Device,
  DeviceRows,
  decided,
  deviceTenant,
  enterCode,
  type Started,
} from './support/device.js';
import { ADA, ORDERS, type Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import type { Answer } from './support/http.js';
import type { Person } from './support/person.js';
import { expectJsonError, unchanged } from './support/verdict.js';

describe('device_code at the token endpoint, seeds 7.7', () => {
  const storage = new Storage();
  const rows = new DeviceRows(storage);
  let tenant: Tenant;
  /** The same clients and users again. */
  let away: Tenant;
  let tv: Device;
  let console: Device;
  /** Stays signed on. */
  let ada: Person;

  beforeAll(async () => {
    [tenant, away] = await Promise.all([deviceTenant(), deviceTenant()]);
    ada = tenant.person();
    tv = new Device(tenant.app('tv'));
    console = new Device(tenant.app('console'));
  });
  // A public client's starts are counted by address, and all tests come from one.
  beforeEach(() => storage.rows(`DELETE FROM attempt_counter WHERE key LIKE 'device-starts:%'`));
  afterAll(() => storage.close());

  const allowed = async (device = tv, changes: Record<string, string> = {}, accept = true) =>
    decided(ada, await device.start(changes), accept);
  const outcomes = (answers: readonly Answer[]) =>
    answers.map((answer) => (answer.status === 200 ? 'tokens' : String(answer.error)));

  it('D2 DV-03 undecided: authorization_pending', async () => {
    expectJsonError(await tv.poll(await tv.start()), 400, 'authorization_pending');
  });

  it('D3 DV-02 too soon: slow_down, and the wider interval stays, on every replica', async () => {
    const started = await tv.start();
    const poll = async (after: number) => {
      await rows.age(started, after);
      return (await tv.poll(started)).error;
    };
    const told = [await poll(0), await poll(1), await poll(6), await poll(16), await poll(6)];
    expect(told).toEqual(['authorization_pending', 'slow_down', 'slow_down', 'authorization_pending', 'slow_down']);
    expect((await rows.of(started)).interval).toBe(20);
  });

  it('D3 of a burst of 50 polls one is in time, the others are told to slow down, and none fails', async () => {
    const started = await tv.start();
    const told = outcomes(await burst(50, () => tv.poll(started)));
    expect(told.filter((each) => each === 'authorization_pending')).toHaveLength(1);
    expect(told.filter((each) => each === 'slow_down')).toHaveLength(49);
  });

  it('D4 DV-03 refused: access_denied, however often it is asked', async () => {
    const started = await allowed(tv, {}, false);
    expectJsonError(await tv.poll(started), 400, 'access_denied');
    expectJsonError(await tv.poll(started), 400, 'access_denied');
  });

  it('D4 DV-03 timed out: expired_token, also when it was approved before', async () => {
    const undecided = await tv.start();
    await rows.age(undecided, 601);
    expectJsonError(await tv.poll(undecided), 400, 'expired_token');
    expectJsonError(await tv.poll(undecided), 400, 'expired_token');
    const approved = await allowed();
    await rows.age(approved, 601);
    expectJsonError(await tv.poll(approved), 400, 'expired_token');
  });

  it('RFC 8628 §3.4 approved: a token set about the person, with what they allowed', async () => {
    const answer = await tv.poll(await allowed(tv, { scope: 'openid profile offline_access orders:read' }));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const tokens = answer.json<Tokens>();
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'openid profile offline_access orders:read' });
    const claims = decodeJwt(tokens.id_token);
    expect(claims).toMatchObject({ aud: 'tv', iss: tenant.issuer });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: ORDERS, client_id: 'tv', sub: claims.sub });
    expect((await tv.app.userInfo(tokens.access_token)).json()).toMatchObject({
      sub: claims.sub,
      name: 'Ada Lovelace',
    });
    expect((await tv.app.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('design §7 no refresh token for a client without the flag, whatever it asks for, nor without offline_access', async () => {
    const flagless = await console.poll(await allowed(console, { scope: 'openid offline_access' }));
    expect([flagless.status, flagless.json()]).toEqual([
      200,
      expect.not.objectContaining({ refresh_token: expect.anything() }),
    ]);
    expect(flagless.json<Tokens>().scope).toBe('openid');
    const unasked = await tv.poll(await allowed(tv, { scope: 'openid' }));
    expect(unasked.json()).not.toHaveProperty('refresh_token');
  });

  it('D5 no device_code: invalid_request', async () => {
    expectJsonError(await tv.app.token({ grant_type: DEVICE_CODE }), 400, 'invalid_request');
    expectJsonError(await tv.app.token({ grant_type: DEVICE_CODE, device_code: '' }), 400, 'invalid_request');
  });

  it('D5 unknown and another client’s look the same and have no effect; the device’s own poll then works', async () => {
    const started = await allowed();
    await unchanged(storage, tenant.id, async () => {
      const unknown = await tv.poll({ device_code: `${started.device_code.slice(0, -4)}AAAA` });
      expectJsonError(unknown, 400, 'invalid_grant', started.device_code);
      const foreign = await console.poll(started);
      expectJsonError(foreign, 400, 'invalid_grant', started.device_code);
      expect(foreign.text).toBe(unknown.text);
    });
    expect((await tv.poll(started)).status).toBe(200);
  });

  it('CO-10 a device code is no other artifact, and no other artifact is a device code', async () => {
    const started = await allowed();
    const { refresh_token } = await tenant.app().tokens(ADA);
    await unchanged(storage, tenant.id, async () => {
      expectJsonError(await tenant.app().redeem(started.device_code), 400, 'invalid_grant');
      expectJsonError(await tv.app.refresh(started.device_code), 400, 'invalid_grant');
      expectJsonError(await tv.app.userInfo(started.device_code), 401, 'invalid_token');
      expectJsonError(await tv.poll({ device_code: refresh_token }), 400, 'invalid_grant');
      expectJsonError(await tv.poll({ device_code: started.user_code }), 400, 'invalid_grant');
    });
    expect((await tv.poll(started)).status).toBe(200);
  });

  it('MT-01 in another environment with the same clients it is unknown, without effect; at home it works', async () => {
    const started = await allowed();
    const pending = await tv.start();
    const stranger = new Device(away.app('tv'));
    await unchanged(storage, away.id, () =>
      unchanged(storage, tenant.id, async () => {
        for (const code of [started, pending]) expectJsonError(await stranger.poll(code), 400, 'invalid_grant');
      }),
    );
    expect((await tv.poll(started)).status).toBe(200);
    expectJsonError(await tv.poll(pending), 400, 'authorization_pending');
  });

  it('MT-01 D7 a user code of one environment is unknown at another’s page', async () => {
    const started = await tv.start();
    const elsewhere = { ...started, verification_uri: started.verification_uri.replace(tenant.id, away.id) };
    const page = await enterCode(away.person(), elsewhere);
    expect(page.text).not.toContain('deviceAuthGrant.consent');
    expect((await enterCode(ada, started)).text).toContain('deviceAuthGrant.consent');
  });

  it('DV-04 D9 I1 100 parallel polls of an approved code over both token processes: one token set, one authorization', async () => {
    const started = await allowed(console, { scope: 'openid' });
    const before = await rows.authorizations(tenant, 'console');
    const answers = await burst(100, () => console.poll(started));
    const told = outcomes(answers);
    expect(told.filter((each) => each === 'tokens')).toHaveLength(1);
    expect(told.filter((each) => each === 'invalid_grant' || each === 'slow_down')).toHaveLength(99);
    expect(await rows.authorizations(tenant, 'console')).toBe(before + 1);
    // A race revokes nothing (design section 4.2).
    const [winner] = answers.filter(({ status }) => status === 200) as [Answer];
    expect((await console.app.userInfo(winner.json<Tokens>().access_token)).status).toBe(200);
  });

  it('D5 design §4.2 redeemed before: invalid_grant, and a replay ends what came of it', async () => {
    const started = await allowed(tv, { scope: 'openid offline_access' });
    const { access_token, refresh_token } = (await tv.poll(started)).json<Tokens>();
    expect((await tv.app.userInfo(access_token)).status).toBe(200);
    await rows.age(started, 30);
    expectJsonError(await tv.poll(started), 400, 'invalid_grant', started.device_code);
    expectJsonError(await tv.app.userInfo(access_token), 401, 'invalid_token');
    expectJsonError(await tv.app.refresh(refresh_token), 400, 'invalid_grant');
  });

  it('DV-08 CVE-2026-123542 a challenge given at the start is asked for at the poll', async () => {
    const bound = await allowed(tv, { ...tv.challenge, scope: 'openid' });
    const wrong = { code_verifier: 'w'.repeat(43) };
    const challenge = { code_verifier: tv.challenge.code_challenge };
    await unchanged(storage, tenant.id, async () => {
      for (const proof of [{}, wrong, challenge]) expectJsonError(await tv.poll(bound, proof), 400, 'invalid_grant');
    });
    expect((await tv.poll(bound, { code_verifier: tv.verifier })).status).toBe(200);
    const unbound = await allowed(tv, { scope: 'openid' });
    expectJsonError(await tv.poll(unbound, { code_verifier: tv.verifier }), 400, 'invalid_grant');
    expect((await tv.poll(unbound)).status).toBe(200);
  });

  it('design §4.2 CO-12 a poll that asks for more than was allowed is refused, and the code lives on', async () => {
    const started = await allowed(tv, { scope: 'openid orders:read' });
    expectJsonError(await tv.poll(started, { scope: 'openid orders:write' }), 400, 'invalid_scope');
    const narrowed = await tv.poll(started, { scope: 'orders:read' });
    expect([narrowed.status, narrowed.json<Tokens>().scope]).toEqual([200, 'orders:read']);
  });

  describe('DV-06 what is looked at again when the tokens are fetched', () => {
    const ALAN = { username: 'alan', password: 'a third horse battery' };
    const GRACE = { username: 'grace', password: 'another horse battery' };
    const device = (id: string) => new Device(own.app(id));
    let own: Tenant;
    let codes: Record<'ofLocked' | 'ofDisabled' | 'scopeTaken' | 'grantTaken' | 'untouched', Started>;

    /** Everything is approved; then it is taken away, all at once. */
    beforeAll(async () => {
      own = await deviceTenant(({ clients, users }) => {
        const [television] = clients.filter(({ id }) => id === 'tv') as [(typeof clients)[0]];
        clients.push({ ...television, id: 'narrowed' }, { ...television, id: 'stripped' });
        users.push(ALAN);
      });
      const approved = async (id: string, user: typeof ALAN) => {
        const started = await device(id).start({ scope: 'openid orders:read' });
        const person = own.person();
        await answerDevice(person, await enterCode(person, started, user));
        return started;
      };
      codes = {
        ofLocked: await approved('tv', ADA),
        ofDisabled: await approved('tv', GRACE),
        scopeTaken: await approved('narrowed', ALAN),
        grantTaken: await approved('stripped', ALAN),
        untouched: await approved('tv', ALAN),
      };
      await own.change(() => {
        own.user('ada').status = 'locked';
        own.user('grace').status = 'disabled';
        own.client('narrowed').scopes = ['openid', 'profile'];
        own.client('stripped').grantTypes = ['refresh_token'];
      });
      const refused = ({ status }: Answer) => status === 400;
      await everywhere(() => device('narrowed').request({ scope: 'orders:read' }), refused);
      await everywhere(() => device('stripped').request(), refused);
    }, 180_000);

    it.each(['ofLocked', 'ofDisabled'] as const)(
      'DV-06 CVE-2026-9798 CVE-2026-16103 CVE-2026-88770 the person (%s): no tokens, and nothing spent',
      async (which) => {
        const answer = await device('tv').poll(codes[which]);
        expect([400, 'invalid_grant']).toEqual([answer.status, answer.error]);
        expect(await rows.of(codes[which])).toMatchObject({ decision: 'approved', spent: false });
      },
    );

    it('DV-06 CVE-2024-38371 TX-02 a scope the client has lost is gone from the token', async () => {
      const answer = await device('narrowed').poll(codes.scopeTaken);
      expect([answer.status, answer.json<Tokens>().scope]).toEqual([200, 'openid']);
    });

    it('DV-06 D1 a client that has lost the grant: unauthorized_client', async () => {
      expectJsonError(await device('stripped').poll(codes.grantTaken), 400, 'unauthorized_client');
      expect((await rows.of(codes.grantTaken)).spent).toBe(false);
    });

    it('DV-06 nothing is taken from the others', async () => {
      const answer = await device('tv').poll(codes.untouched);
      expect([answer.status, answer.json<Tokens>().scope]).toEqual([200, 'openid orders:read']);
    });
  });

  it('I1 approve and deny pressed at the same moment: one wins, and page and poll agree', async () => {
    for (let round = 0; round < 5; round += 1) {
      const started = await tv.start({ scope: 'openid' });
      const page = await enterCode(ada, started);
      const twin = ada.clone();
      const [yes, no] = await Promise.all([answerDevice(ada, page, true), answerDevice(twin, page, false)]);
      for (const answer of [yes, no]) expect(answer.status).toBeLessThan(500);
      const { decision } = await rows.of(started);
      const told = await tv.poll(started);
      expect([decision, outcomes([told])[0]]).toEqual(
        decision === 'approved' ? ['approved', 'tokens'] : ['denied', 'access_denied'],
      );
    }
  });

  it('D9 a code that was decided about is no user code any more', async () => {
    const started: Started = await allowed();
    const page = await enterCode(ada, started);
    expect(page.text).not.toContain('deviceAuthGrant.consent');
    expect((await tv.poll(started)).status).toBe(200);
  });
});
