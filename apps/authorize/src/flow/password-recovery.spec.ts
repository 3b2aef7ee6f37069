import { MESSAGES_PER_ADDRESS, MESSAGES_PER_USER, NOBODYS_CODE, SIGN_ON_PER_USER } from '@grantway/domain';
import { aNewSession, aUser } from '@grantway/testing';
import { type AccountHouse, ALICE, accountHouse, NEW, problemOf } from '../../test/account-house.js';
import { BROWSER, locationOf, PASSWORD, pageOf, sessionIn } from '../../test/flow-house.js';

describe('a forgotten password', () => {
  const forgot = async (all: AccountHouse, username = 'alice') => {
    const flowId = await all.begin();
    return { flowId, reply: await all.made.submit(flowId, { action: 'password.forgot', username }) };
  };
  const recover = (all: AccountHouse, flowId: string, recoveryCode: string, newPassword = NEW) =>
    all.made.submit(flowId, { action: 'password.recover', recoveryCode, newPassword });
  /** What came of each code that was tried. */
  const redeemedBy = ({ stores: { oneTimeCodes } }: AccountHouse): boolean[] => {
    const found: boolean[] = [];
    const redeem = oneTimeCodes.redeem.bind(oneTimeCodes);
    oneTimeCodes.redeem = async (...code) => {
      const redeemed = await redeem(...code);
      found.push(redeemed);
      return redeemed;
    };
    return found;
  };

  it('seeds 1.4 name, code, new password; it signs nobody on, and the old password is worth nothing', async () => {
    const all = accountHouse();
    const { flowId } = await forgot(all);
    expect(all.stores.codeMessages.requested).toEqual([
      { environmentId: 'acme', purpose: 'recovery', flowId, username: 'alice' },
    ]);
    expect(pageOf(await all.made.page(flowId))).toMatchObject({ page: 'recover-password', username: 'alice' });
    const code = await all.deliver(flowId, 'recovery', ALICE);
    expect(code).toMatch(/^[2-9A-HJ-KMNP-Z]{8}$/);

    const recovered = await recover(all, flowId, ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `);
    expect([locationOf(recovered), recovered.cookies]).toEqual([`/acme/signon?flowId=${flowId}`, undefined]);
    expect(pageOf(await all.made.page(flowId))).toMatchObject({
      ...{ page: 'sign-on', username: 'alice', passwordChanged: true },
    });
    expect(problemOf(await all.signOn(flowId, 'alice', PASSWORD))).toEqual({ kind: 'wrong' });
    expect(sessionIn(await all.signOn(flowId, 'alice', NEW))).toBeDefined();
  });

  it('RT-10 sessions of before are worth nothing', async () => {
    const all = accountHouse();
    const { handle } = await all.stores.sessions.create(aNewSession());
    const { flowId } = await forgot(all);
    all.stores.clock.elapse(1);
    await recover(all, flowId, await all.deliver(flowId, 'recovery', ALICE));
    expect(await all.made.standings.of(all.made.environment, handle)).toBeUndefined();
  });

  it('SE-02 CVE-2023-39522 whoever is named, the same is answered, asked for and stored', async () => {
    const seen = new Set<string>();
    for (const username of ['alice', 'nobody', 'carol', 'x'.repeat(300)]) {
      const all = accountHouse();
      all.stores.users.add(aUser({ id: 'user-carol', username: 'carol', status: 'locked' }), PASSWORD);
      const { flowId, reply } = await forgot(all, username);
      const page = await all.made.page(flowId);
      const wrong = await recover(all, flowId, 'WRONGONE');
      const asked = all.stores.codeMessages.requested;
      const told = JSON.stringify([reply, page, wrong, asked, await all.made.read(flowId)]);
      seen.add(
        told
          .replaceAll(flowId, '(flow)')
          .replaceAll(/"csrf":"[^"]+"/g, '(csrf)')
          .replaceAll(username.slice(0, 256), '(name)'),
      );
    }
    expect(seen.size).toBe(1);
  });

  it('SE-02 the code of somebody who is not active changes nothing', async () => {
    const all = accountHouse();
    all.stores.users.add(aUser({ id: 'user-carol', username: 'carol', status: 'locked' }), PASSWORD);
    const { flowId } = await forgot(all, 'carol');
    expect(problemOf(await recover(all, flowId, await all.deliver(flowId, 'recovery', { id: 'user-carol' })))).toEqual({
      kind: 'wrong',
    });
    expect((await all.stores.users.authenticate('acme', 'carol', PASSWORD))?.id).toBe('user-carol');
  });

  it('CVE-2026-22751 a code works once, also for many at the same moment', async () => {
    const all = accountHouse();
    const { flowId } = await forgot(all);
    const code = await all.deliver(flowId, 'recovery', ALICE);
    const redeemed = redeemedBy(all);
    await Promise.all(Array.from({ length: 10 }, (_, n) => recover(all, flowId, code, `${NEW} ${n}`)));
    expect(redeemed.filter(Boolean)).toHaveLength(1);
  });

  it('CVE-2026-18963 CVE-2024-1722 a stranger’s asking and guessing neither replaces nor uses up a person’s code', async () => {
    const all = accountHouse();
    const { flowId } = await forgot(all);
    const code = await all.deliver(flowId, 'recovery', ALICE);
    const stranger = await forgot(all);
    const theirs = await all.deliver(stranger.flowId, 'recovery', ALICE);
    for (let time = 0; time < 5; time++) await recover(all, stranger.flowId, `WRONG${time}`);
    expect(problemOf(await recover(all, stranger.flowId, code))).toEqual({ kind: 'wrong' });
    expect(problemOf(await recover(all, flowId, theirs))).toEqual({ kind: 'wrong' });
    expect((await recover(all, flowId, code)).kind).toBe('redirect');
  });

  it('SE-02 a code that was drawn for nobody opens nothing', async () => {
    const all = accountHouse();
    const { flowId } = await forgot(all, 'nobody');
    const decoy = await all.deliver(flowId, 'recovery', { id: NOBODYS_CODE });
    const redeemed = redeemedBy(all);
    expect(problemOf(await recover(all, flowId, decoy))).toEqual({ kind: 'wrong' });
    expect(redeemed).toEqual([true]);
  });

  it.each([`${'a'.repeat(255)}😀`, `${'a'.repeat(256)}😀`, '\ud83d'])(
    'house: a name of %j is kept as text that can be stored',
    async (username) => {
      for (const action of ['password.forgot', 'user.lookup']) {
        const all = accountHouse();
        const flowId = await all.begin();
        await all.made.submit(flowId, { action, username });
        const { claimedName = '' } = (await all.stores.flows.find('acme', flowId))?.purpose ?? {};
        expect(claimedName).toMatch(/^(a{256}|a{255}😀|\ufffd)$/u);
      }
    },
  );

  it('SE-05 the sixth try fails, the right code included; and a code of five minutes ago', async () => {
    const all = accountHouse();
    const { flowId } = await forgot(all);
    const code = await all.deliver(flowId, 'recovery', ALICE);
    for (let time = 0; time < 5; time++) expect(problemOf(await recover(all, flowId, `WRONG${time}`))).toBeDefined();
    expect(problemOf(await recover(all, flowId, code))).toEqual({ kind: 'wrong' });
    const late = await all.deliver(flowId, 'recovery', ALICE);
    all.stores.clock.elapse(301);
    expect(problemOf(await recover(all, flowId, late))).toEqual({ kind: 'wrong' });
  });

  it.each([
    ['short', 'seven77', { kind: 'weak', field: 'newPassword', rule: 'length' }],
    ['long', 'x'.repeat(257), { kind: 'weak', field: 'newPassword', rule: 'length' }],
    ['the username', 'ALICIA-SMITH', { kind: 'weak', field: 'newPassword', rule: 'username' }],
    ['not there', '', { kind: 'missing', fields: ['newPassword'] }],
  ])('house: a password that is %s costs no code', async (_what, password, problem) => {
    const all = accountHouse();
    all.stores.users.add(aUser({ username: 'Alicia-Smith' }), PASSWORD);
    const { flowId } = await forgot(all, 'alicia-smith');
    const code = await all.deliver(flowId, 'recovery', ALICE);
    expect(problemOf(await recover(all, flowId, code, password))).toEqual(problem);
    expect((await recover(all, flowId, code)).kind).toBe('redirect');
  });

  it('CVE-2024-1722 whoever was locked out by somebody’s guesses recovers, and waits no more', async () => {
    const all = accountHouse();
    const attacked = await all.begin();
    for (let time = 0; time < SIGN_ON_PER_USER.points; time++) await all.signOn(attacked, 'alice', 'a guess');
    expect(problemOf(await all.signOn(attacked, 'alice', PASSWORD))).toMatchObject({ kind: 'wait' });
    const { flowId } = await forgot(all);
    await recover(all, flowId, await all.deliver(flowId, 'recovery', ALICE));
    expect(sessionIn(await all.signOn(flowId, 'alice', NEW))).toBeDefined();
  });

  it('SE-02 messages to one name have an end that nobody sees, whether there is such a person or not', async () => {
    for (const username of ['alice', 'nobody']) {
      const all = accountHouse();
      const { flowId } = await forgot(all, username);
      const code = await all.deliver(flowId, 'recovery', ALICE);
      for (let time = 1; time < MESSAGES_PER_USER.points + 3; time++) {
        expect((await forgot(all, username.toUpperCase())).reply.kind).toBe('redirect');
      }
      expect((await all.made.submit(flowId, { action: 'password.sendRecoveryCode' })).kind).toBe('redirect');
      expect(all.stores.codeMessages.requested).toHaveLength(MESSAGES_PER_USER.points - 1);
      // What is out stays good.
      if (username === 'alice') expect((await recover(all, flowId, code)).kind).toBe('redirect');
    }
  });

  it('house: messages from one address have an end', async () => {
    const all = accountHouse();
    for (let time = 1; time < MESSAGES_PER_ADDRESS.points; time++) await forgot(all, `name-${time}`);
    expect((await forgot(all, 'one-more')).reply).toMatchObject({ status: 429 });
  });

  it('seeds 1.4 another code may be asked for', async () => {
    const all = accountHouse();
    const { flowId } = await forgot(all);
    await all.made.submit(flowId, { action: 'password.sendRecoveryCode' });
    expect(all.stores.codeMessages.requested).toHaveLength(2);
    expect(await all.made.statusOf(flowId)).toBe('RECOVERY_CODE_REQUIRED');
  });

  it('AZ-17 back to sign-in leaves a session of before as it is', async () => {
    const all = accountHouse();
    const { handle, session } = await all.stores.sessions.create(aNewSession());
    const { flowId } = await forgot(all);
    const back = await all.made.submit(
      flowId,
      { action: 'session.reset' },
      { cookies: { browser: BROWSER, session: handle } },
    );
    expect(back.cookies).toBeUndefined();
    expect((await all.made.standings.of(all.made.environment, handle))?.session.id).toBe(session.id);
    expect(await all.made.statusOf(flowId)).toBe('USERNAME_PASSWORD_REQUIRED');
  });
});
