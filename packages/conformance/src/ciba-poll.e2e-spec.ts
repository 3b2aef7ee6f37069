import { decodeJwt } from 'jose';
import type { Tokens } from './support/app.js';
import { burst } from './support/burst.js';
import { Approver, aTill, CIBA, cibaTenant, RequestRows, Till } from './support/ciba.js';
import { Storage } from './support/database.js';
import { ADA, ORDERS, type Tenant } from './support/environments.js';
import { everywhere } from './support/everywhere.js';
import type { Answer } from './support/http.js';
import { target } from './support/target.js';
import { expectJsonError, unchanged } from './support/verdict.js';

describe('ciba at the token endpoint, seeds 7.9', () => {
  const storage = new Storage();
  const rows = new RequestRows(storage);
  let tenant: Tenant;
  let away: Tenant;
  let till: Till;
  let bank: Till;
  let ada: Approver;

  beforeAll(async () => {
    [tenant, away] = await Promise.all([
      cibaTenant((file) => {
        file.users.push({ username: 'mallory', password: 'one more horse battery' });
      }),
      cibaTenant(),
    ]);
    till = new Till(tenant.app('till'));
    bank = new Till(tenant.app('bank'));
    ada = new Approver(tenant, tenant.person(), target.baseUrl);
    await ada.look();
  });
  afterEach(async () => {
    const undecided = 'environment_id = $1 AND decision IS NULL';
    await storage.rows(`UPDATE backchannel_request SET expires_at = now() WHERE ${undecided}`, [tenant.id]);
  });
  afterAll(() => storage.close());

  const ask = (client = till, changes: Record<string, string> = {}) =>
    client.ask({ login_hint: ADA.username, ...changes });
  const approved = async (client = till, changes: Record<string, string> = {}) =>
    ada.answer(await ask(client, changes));
  const outcomes = (answers: readonly Answer[]) =>
    answers.map((answer) => (answer.status === 200 ? 'tokens' : String(answer.error)));

  it('B9 undecided: authorization_pending', async () => {
    expectJsonError(await till.poll(await ask()), 400, 'authorization_pending');
  });

  it('B9 CB-03 too soon: slow_down, and the wider interval stays, on every replica', async () => {
    const asked = await ask();
    const poll = async (after: number) => {
      await rows.age(asked, after);
      return (await till.poll(asked)).error;
    };
    const told = [await poll(0), await poll(1), await poll(6), await poll(16), await poll(6)];
    expect(told).toEqual(['authorization_pending', 'slow_down', 'slow_down', 'authorization_pending', 'slow_down']);
    expect((await rows.of(asked)).interval).toBe(20);
  });

  it('B9 of a burst of 50 polls one is in time, the others are told to slow down, and none fails', async () => {
    const asked = await ask();
    const told = outcomes(await burst(50, () => till.poll(asked)));
    expect(told.filter((each) => each === 'authorization_pending')).toHaveLength(1);
    expect(told.filter((each) => each === 'slow_down')).toHaveLength(49);
  });

  it('B9 CB-03 refused: access_denied, however often it is asked', async () => {
    const asked = await ada.answer(await ask(), 'deny');
    expectJsonError(await till.poll(asked), 400, 'access_denied');
    expectJsonError(await till.poll(asked), 400, 'access_denied');
  });

  it('B9 CB-03 timed out: expired_token, also when it was approved before', async () => {
    const undecided = await ask();
    await rows.age(undecided, 301);
    expectJsonError(await till.poll(undecided), 400, 'expired_token');
    const late = await approved();
    await rows.age(late, 301);
    expectJsonError(await till.poll(late), 400, 'expired_token');
  });

  it('CIBA Core §10.1.1 approved: a token set about the person, with what they allowed', async () => {
    const answer = await till.poll(await approved(till, { scope: 'openid profile offline_access orders:read' }));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const tokens = answer.json<Tokens>();
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'openid profile offline_access orders:read' });
    const claims = decodeJwt(tokens.id_token);
    expect(claims).toMatchObject({ aud: 'till', iss: tenant.issuer, amr: ['pwd'], at_hash: expect.any(String) });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: ORDERS, client_id: 'till', sub: claims.sub });
    expect((await till.app.userInfo(tokens.access_token)).json()).toMatchObject({
      sub: claims.sub,
      name: 'Ada Lovelace',
    });
    expect((await till.app.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('R7 no refresh token without offline_access', async () => {
    expect((await till.poll(await approved(till, { scope: 'openid' }))).json()).not.toHaveProperty('refresh_token');
  });

  it('B10 no auth_req_id: invalid_request', async () => {
    expectJsonError(await till.app.token({ grant_type: CIBA }), 400, 'invalid_request');
    expectJsonError(await till.app.token({ grant_type: CIBA, auth_req_id: '' }), 400, 'invalid_request');
  });

  it('B10 CB-03 unknown and another client’s look the same and have no effect; the client’s own poll then works', async () => {
    const asked = await approved();
    await unchanged(storage, tenant.id, async () => {
      const unknown = await till.poll({ auth_req_id: `${asked.auth_req_id.slice(0, -4)}AAAA` });
      expectJsonError(unknown, 400, 'invalid_grant', asked.auth_req_id);
      const foreign = await bank.poll(asked);
      expectJsonError(foreign, 400, 'invalid_grant', asked.auth_req_id);
      expect(foreign.text).toBe(unknown.text);
    });
    expect((await till.poll(asked)).status).toBe(200);
  });

  it('B10 a push client that polls: unauthorized_client, whatever the state', async () => {
    // Where no other test looks: its tokens are tried to be delivered for a while.
    const elsewhere = await cibaTenant((file) => {
      const notificationEndpoint = 'http://127.0.0.1:9/';
      file.clients.push(aTill(file, { id: 'push', backchannel: { delivery: 'push', notificationEndpoint } }));
    });
    const push = new Till(elsewhere.app('push'));
    const asked = await ask(push, { client_notification_token: push.notificationToken });
    expectJsonError(await push.poll(asked), 400, 'unauthorized_client');
    await new Approver(elsewhere, elsewhere.person(), target.baseUrl).answer(asked, 'deny');
    expectJsonError(await push.poll(asked), 400, 'unauthorized_client');
  });

  it('CO-10 an auth_req_id is no other artifact, and no other artifact is an auth_req_id', async () => {
    const asked = await approved();
    const { refresh_token } = await tenant.app().tokens(ADA);
    await unchanged(storage, tenant.id, async () => {
      expectJsonError(await tenant.app().redeem(asked.auth_req_id), 400, 'invalid_grant');
      expectJsonError(await till.app.refresh(asked.auth_req_id), 400, 'invalid_grant');
      expectJsonError(await till.app.userInfo(asked.auth_req_id), 401, 'invalid_token');
      expectJsonError(await till.poll({ auth_req_id: refresh_token }), 400, 'invalid_grant');
    });
    expect((await till.poll(asked)).status).toBe(200);
  });

  it('MT-01 in another environment with the same clients it is unknown, without effect; at home it works', async () => {
    const asked = await approved();
    const stranger = new Till(away.app('till'));
    await unchanged(storage, away.id, () =>
      unchanged(storage, tenant.id, async () => {
        expectJsonError(await stranger.poll(asked), 400, 'invalid_grant');
      }),
    );
    expect((await till.poll(asked)).status).toBe(200);
  });

  it('CB-04 I1 of 100 polls of one approved request over every replica: one 200, no 5xx, and the tokens live', async () => {
    for (let round = 0; round < 3; round++) {
      const asked = await approved();
      const before = await rows.authorizations(tenant, 'till');
      const answers = await burst(100, () => till.poll(asked));
      const told = outcomes(answers);
      expect(told.filter((each) => each === 'tokens')).toHaveLength(1);
      expect(told.filter((each) => each === 'invalid_grant')).toHaveLength(99);
      expect(await rows.authorizations(tenant, 'till')).toBe(before + 1);
      const [winner] = answers.filter(({ status }) => status === 200) as [Answer];
      const { access_token } = winner.json<Tokens>();
      expect((await till.app.userInfo(access_token)).status).toBe(200);
    }
  });

  it('B10 CB-04 used again later: invalid_grant, and what came of it ends', async () => {
    const asked = await approved(till, { scope: 'openid offline_access' });
    const tokens = (await till.poll(asked)).json<Tokens>();
    await storage.rows(
      `UPDATE backchannel_request SET spent_at = spent_at - interval '1 minute' WHERE environment_id = $1`,
      [tenant.id],
    );
    expectJsonError(await till.poll(asked), 400, 'invalid_grant');
    expectJsonError(await till.app.refresh(tokens.refresh_token), 400, 'invalid_grant');
    expectJsonError(await till.app.userInfo(tokens.access_token), 401, 'invalid_token');
  });

  it('CB-05 approved, then locked: access_denied, and no tokens; unlocked it works', async () => {
    const mallory = new Approver(tenant, tenant.person(), target.baseUrl, {
      username: 'mallory',
      password: 'one more horse battery',
    });
    const asked = await till.ask({ login_hint: 'mallory' });
    await mallory.answer(asked);
    const lock = (status: 'locked' | 'active') =>
      tenant.change(() => void Object.assign(tenant.user('mallory'), { status }));
    await lock('locked');
    const told = await unchanged(storage, tenant.id, () =>
      everywhere(
        () => till.poll(asked),
        ({ status }) => status === 400,
      ),
    );
    for (const answer of told) expectJsonError(answer, 400, 'access_denied');
    expect((await till.request({ login_hint: 'mallory' })).status).toBe(403);
    await lock('active');
    expect((await till.poll(asked)).status).toBe(200);
  });

  it('X14 B3 a client that was disabled, or lost the grant, gets nothing', async () => {
    const asked = await approved(bank);
    const bankEntry = tenant.client('bank');
    await tenant.change(() => void Object.assign(bankEntry, { grantTypes: ['refresh_token'] }));
    for (const answer of await everywhere(
      () => bank.poll(asked),
      ({ error }) => error === 'unauthorized_client',
    )) {
      expectJsonError(answer, 400, 'unauthorized_client');
    }
    await tenant.change(() => void Object.assign(bankEntry, { grantTypes: [CIBA, 'refresh_token'] }));
    const [last] = await everywhere(
      () => bank.poll(asked),
      ({ error }) => error !== 'unauthorized_client',
    );
    expect(last?.status === 200 || last?.error === 'invalid_grant').toBe(true);
  });
});
