import { MESSAGES_PER_USER, nameKey, SIGN_ON_PER_USER, type User } from '@grantway/domain';
import { anAuthorizationRequest, aUser } from '@grantway/testing';
import { type AccountHouse, accountHouse, NEW, OPEN, problemOf } from '../../test/account-house.js';
import { locationOf, PASSWORD, pageOf, sessionIn } from '../../test/flow-house.js';

describe('a password that must be changed', () => {
  const mustChange = async (all: AccountHouse) => {
    all.stores.users.add(aUser({ mustChangePassword: true }), PASSWORD);
    const flowId = await all.begin();
    return { flowId, reply: await all.signOn(flowId, 'alice', PASSWORD) };
  };
  const reset = (all: AccountHouse, flowId: string, currentPassword: string, newPassword = NEW) =>
    all.made.submit(flowId, { action: 'password.reset', currentPassword, newPassword });

  it('seeds 1.4 nobody is signed on before it was', async () => {
    const all = accountHouse();
    const { flowId, reply } = await mustChange(all);
    expect(reply.cookies).toBeUndefined();
    expect(pageOf(await all.made.page(flowId))).toMatchObject({ page: 'change-password', username: 'alice' });
    expect(sessionIn(await reset(all, flowId, PASSWORD))).toBeDefined();
    expect(await all.made.statusOf(flowId)).toBe('AGREEMENT_CONSENT_REQUIRED');
    const again = await all.begin();
    expect(sessionIn(await all.signOn(again, 'alice', NEW))).toBeDefined();
  });

  it.each([
    ['a wrong current one', 'wrong', NEW, { kind: 'wrong' }],
    ['the same one', PASSWORD, PASSWORD, { kind: 'weak', field: 'newPassword', rule: 'same' }],
    ['a short one', PASSWORD, 'short', { kind: 'weak', field: 'newPassword', rule: 'length' }],
    ['nothing', '', '', { kind: 'missing', fields: ['currentPassword', 'newPassword'] }],
  ])('CVE-2026-18963 %s changes nothing', async (_what, current, next, problem) => {
    const all = accountHouse();
    const { flowId } = await mustChange(all);
    const reply = await reset(all, flowId, current, next);
    expect([problemOf(reply), reply.cookies]).toEqual([problem, undefined]);
    expect(await all.made.statusOf(flowId)).toBe('MUST_CHANGE_PASSWORD');
    expect((await all.stores.users.find('acme', 'user-alice'))?.mustChangePassword).toBe(true);
  });

  it('SE-01 guesses at the current one are counted with those at the sign-on page', async () => {
    const all = accountHouse();
    const { flowId } = await mustChange(all);
    for (let time = 1; time < SIGN_ON_PER_USER.points; time++) await reset(all, flowId, 'a guess');
    expect(await reset(all, flowId, PASSWORD)).toMatchObject({ status: 429 });
  });
});

describe('a new account', () => {
  const FORM = { username: 'dora', email: 'dora@example.com', password: 'dora’s password' };
  const register = async (all: AccountHouse, changes: Record<string, string> = {}) => {
    const flowId = await all.begin();
    const reply = await all.made.submit(flowId, { action: 'user.register', ...FORM, ...changes });
    return { flowId, reply, user: await all.stores.users.findByUsername('acme', changes['username'] ?? 'dora') };
  };
  const verify = (all: AccountHouse, flowId: string, verificationCode: string) =>
    all.made.submit(flowId, { action: 'user.verify', verificationCode });

  it('seeds 1.4 registered, the address confirmed, and signed on', async () => {
    const all = accountHouse();
    const { flowId, reply, user } = await register(all);
    expect([locationOf(reply), reply.cookies, user?.status]).toEqual([
      `/acme/signon?flowId=${flowId}`,
      undefined,
      'unverified',
    ]);
    expect(all.stores.codeMessages.requested).toMatchObject([{ purpose: 'verification', username: 'dora' }]);
    expect(pageOf(await all.made.page(flowId))).toMatchObject({ page: 'verification', username: 'dora' });
    expect(problemOf(await verify(all, flowId, 'WRONGONE'))).toEqual({ kind: 'wrong' });
    const code = await all.deliver(flowId, 'verification', user as User);
    expect(sessionIn(await verify(all, flowId, code))).toBeDefined();
    expect(await all.made.statusOf(flowId)).toBe('AGREEMENT_CONSENT_REQUIRED');
    expect(await all.stores.users.findByUsername('acme', 'dora')).toMatchObject({
      ...{ status: 'active', claims: { email: 'dora@example.com', email_verified: true } },
    });
  });

  it('CVE-2026-18963 until then the password opens nothing but the way there', async () => {
    const all = accountHouse();
    const { user } = await register(all);
    const flowId = await all.begin();
    const reply = await all.signOn(flowId, 'dora', FORM.password);
    expect(reply.cookies).toBeUndefined();
    expect(await all.made.statusOf(flowId)).toBe('VERIFICATION_CODE_REQUIRED');
    expect(all.stores.codeMessages.requested).toHaveLength(2);
    expect((await verify(all, flowId, '')).kind).toBe('page');
    expect(await all.made.statusOf(flowId)).toBe('VERIFICATION_CODE_REQUIRED');
    expect((await all.stores.users.find('acme', user?.id ?? ''))?.status).toBe('unverified');
    await all.made.submit(flowId, { action: 'user.sendVerificationCode' });
    expect(all.stores.codeMessages.requested).toHaveLength(3);
  });

  it('house: a person signs on to verify only when there was a message; else they wait', async () => {
    const all = accountHouse();
    await register(all);
    const statuses: (string | undefined)[] = [];
    for (let time = 1; time <= MESSAGES_PER_USER.points; time++) {
      const flowId = await all.begin();
      const reply = await all.signOn(flowId, 'dora', FORM.password);
      if (time === MESSAGES_PER_USER.points) expect(reply).toMatchObject({ status: 429 });
      statuses.push(await all.made.statusOf(flowId));
    }
    expect(statuses.slice(0, -1)).toEqual(statuses.slice(1).map(() => 'VERIFICATION_CODE_REQUIRED'));
    expect(statuses.at(-1)).toBe('USERNAME_PASSWORD_REQUIRED');
    expect(all.stores.codeMessages.requested).toHaveLength(MESSAGES_PER_USER.points);
  });

  it('CVE-2026-18963 another flow’s code verifies nobody here', async () => {
    const all = accountHouse();
    const { flowId, user } = await register(all);
    const other = await all.begin();
    await all.signOn(other, 'dora', FORM.password);
    const theirs = await all.deliver(other, 'verification', user as User);
    const mine = await all.deliver(flowId, 'verification', user as User);
    expect(problemOf(await verify(all, flowId, theirs))).toEqual({ kind: 'wrong' });
    expect(sessionIn(await verify(all, flowId, mine))).toBeDefined();
  });

  it('house: messages to one address of mail have an end, whatever the names', async () => {
    const all = accountHouse();
    for (let time = 1; time < MESSAGES_PER_USER.points; time++) {
      expect((await register(all, { username: `dora-${time}` })).reply.kind).toBe('redirect');
    }
    const one = await register(all, { username: 'dora-more', email: 'DORA@example.com' });
    expect([one.reply, one.user]).toEqual([expect.objectContaining({ status: 429 }), undefined]);
    expect((await register(all, { username: 'emil', email: 'emil@example.com' })).reply.kind).toBe('redirect');
  });

  it('house: a form that is sent twice shows where the first one led', async () => {
    const all = accountHouse();
    const flowId = await all.begin();
    const { register: make } = all.stores.users;
    const form = { action: 'user.register', ...FORM };
    // The second finds the flow as it was, and the name taken by the first.
    let second: Promise<unknown> | undefined;
    all.stores.users.register = async (...account) => {
      if (second === undefined) {
        all.stores.users.register = make;
        second = all.made.submit(flowId, form);
        await second;
      }
      return make.apply(all.stores.users, account);
    };
    const first = await all.made.submit(flowId, form);
    expect([locationOf(first), locationOf((await second) as never)]).toEqual(
      Array.from({ length: 2 }, () => `/acme/signon?flowId=${flowId}`),
    );
    expect(all.stores.codeMessages.requested).toHaveLength(1);
  });

  it('CO-10 a recovery code verifies nobody', async () => {
    const all = accountHouse();
    const { flowId, user } = await register(all);
    const code = await all.deliver(flowId, 'recovery', user as User);
    expect(problemOf(await verify(all, flowId, code))).toEqual({ kind: 'wrong' });
  });

  it('RT-10 a password that was changed since proves nothing here', async () => {
    const all = accountHouse();
    const { flowId, user } = await register(all);
    const code = await all.deliver(flowId, 'verification', user as User);
    all.stores.clock.elapse(1);
    await all.stores.users.setPassword('acme', user?.id ?? '', 'somebody else’s');
    expect(problemOf(await verify(all, flowId, code))).toEqual({ kind: 'wrong' });
  });

  it.each([
    [{ username: '' }, { kind: 'missing', fields: ['username'] }],
    [
      { username: '', email: '', password: '' },
      { kind: 'missing', fields: ['username', 'email', 'password'] },
    ],
    [{ username: ' dora' }, { kind: 'malformed', fields: ['username'] }],
    [
      { username: 'x'.repeat(257), email: 'dora' },
      { kind: 'malformed', fields: ['username', 'email'] },
    ],
    [{ email: 'dora@exam ple' }, { kind: 'malformed', fields: ['email'] }],
    [{ password: 'short' }, { kind: 'weak', field: 'password', rule: 'length' }],
    [
      { username: 'doradora', password: 'DORADORA' },
      { kind: 'weak', field: 'password', rule: 'username' },
    ],
    [{ username: 'ALICE' }, { kind: 'taken' }],
    [{ username: 'alice@example.com' }, { kind: 'malformed', fields: ['username'] }],
    [{ username: 'Alice@example.com', email: 'alice@EXAMPLE.com' }, { kind: 'taken' }],
    [{ username: 'carol@example.com' }, { kind: 'malformed', fields: ['username'] }],
    [{ email: 'ALICE' }, { kind: 'malformed', fields: ['email'] }],
  ])('CVE-2024-1722 %j registers nobody', async (changes, problem) => {
    const all = accountHouse();
    const { flowId, reply } = await register(all, changes as Record<string, string>);
    expect(problemOf(reply)).toEqual(problem);
    expect(JSON.stringify(pageOf(reply))).not.toContain(FORM.password);
    expect(await all.made.statusOf(flowId)).toBe('USERNAME_PASSWORD_REQUIRED');
    expect(all.stores.codeMessages.requested).toEqual([]);
  });
});

describe('where the environment does not have it', () => {
  const OFF = { ...OPEN, recovery: false, registration: false };

  it.each([
    ['password.forgot', 'USERNAME_PASSWORD_REQUIRED'],
    ['user.register', 'USERNAME_PASSWORD_REQUIRED'],
    ['password.recover', 'RECOVERY_CODE_REQUIRED'],
    ['password.sendRecoveryCode', 'RECOVERY_CODE_REQUIRED'],
    ['user.verify', 'VERIFICATION_CODE_REQUIRED'],
    ['user.sendVerificationCode', 'VERIFICATION_CODE_REQUIRED'],
  ] as const)('house: %s changes nothing and is not offered', async (action, status) => {
    const { made, stores } = accountHouse(OFF);
    const purpose = { kind: 'authorize', request: anAuthorizationRequest(), claimedName: 'alice' } as const;
    const flowId = await made.begin(purpose, { status, userId: 'user-alice' });
    const reply = await made.submit(flowId, { action, username: 'dora', email: 'd@example.com', password: NEW });
    expect(locationOf(reply)).toBe(`/acme/signon?flowId=${flowId}`);
    expect(await made.statusOf(flowId)).toBe(status);
    expect(stores.codeMessages.requested).toEqual([]);
    expect(JSON.stringify(await made.read(flowId))).not.toContain(action);
  });

  it('house: links on the sign-on page only where they lead somewhere', async () => {
    const on = accountHouse();
    expect(pageOf(await on.made.page(await on.begin()))).toMatchObject({
      recovery: expect.stringMatching(/&view=recovery$/),
      registration: expect.stringMatching(/&view=registration$/),
    });
    const off = accountHouse(OFF);
    const page = pageOf(await off.made.page(await off.begin()));
    expect(Object.keys(page)).not.toEqual(expect.arrayContaining(['recovery']));
    const flowId = await off.begin();
    const view = await off.made.page(flowId, { query: { flowId: [flowId], view: ['registration'] } });
    expect(pageOf(view)).toMatchObject({ page: 'sign-on' });
  });

  it('house: a visit that is about one name offers a way back, and no new account', async () => {
    const { made, begin } = accountHouse();
    const flowId = await begin();
    await made.submit(flowId, { action: 'user.lookup', username: 'alice' });
    const page = pageOf(await made.page(flowId, { query: { flowId: [flowId], view: ['registration'] } }));
    expect(page).toMatchObject({ page: 'sign-on', username: 'alice', startOver: true, recovery: expect.any(String) });
    expect(page).not.toHaveProperty('registration');
    await made.submit(flowId, { action: 'session.reset' });
    const anew = pageOf(await made.page(flowId));
    expect(anew).toMatchObject({ page: 'sign-on', registration: expect.any(String) });
    expect(anew).not.toHaveProperty('startOver');
  });

  it('X14 an unverified person’s password is a wrong one there', async () => {
    const { made, stores, begin, signOn } = accountHouse(OFF);
    stores.users.add(aUser({ id: 'user-carol', username: 'carol', status: 'unverified' }), PASSWORD);
    const flowId = await begin();
    expect(problemOf(await signOn(flowId, 'carol', PASSWORD))).toEqual({ kind: 'wrong' });
    expect(await made.statusOf(flowId)).toBe('USERNAME_PASSWORD_REQUIRED');
    expect(nameKey('ＣＡＲＯＬ')).toBe('carol');
  });
});
