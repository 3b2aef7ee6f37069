import { Attempt, AttemptLimit, AttemptLimits, SIGN_ON_PER_ADDRESS, SIGN_ON_PER_USER } from './attempt-limit.js';
import { PasswordAttempt, PasswordCheck } from './password-check.js';
import { User, UserDirectory } from './user.js';

const ALICE = { id: 'user-alice', username: 'alice', status: 'active', mustChangePassword: false } as User;
const ATTEMPT: PasswordAttempt = { environmentId: 'acme', username: 'alice', password: 'right', ip: '192.0.2.1' };

/** One user whose password is `right`; what is asked of directory and counters is written down. */
function house(user: User | undefined, blocked: readonly string[] = []) {
  const calls: string[] = [];
  const users = {
    authenticate: async (_environment: string, username: string, password: string) => {
      calls.push('hash');
      return password === 'right' && username === 'alice' ? user : undefined;
    },
  } as unknown as UserDirectory;
  const limits = {
    count: async (attempts: readonly Attempt[]) => {
      if (attempts.some(([{ name }]) => blocked.includes(name))) return 30;
      calls.push(...attempts.map(([{ name }, key]) => `count ${name} ${key}`));
      return 0;
    },
    succeed: async ({ name }: AttemptLimit, key: string, shared?: Attempt) => {
      calls.push(`succeed ${name} ${key}`);
      if (shared) calls.push(`forgive ${shared[0].name} ${shared[1]}`);
    },
  } as unknown as AttemptLimits;
  return { check: new PasswordCheck(users, limits), calls };
}

describe('a try at a password', () => {
  it('SE-01 the right one forgives the wrong ones before it to this user, and to the address no more than itself', async () => {
    const { check, calls } = house(ALICE);
    expect(await check.try(ATTEMPT)).toEqual({ kind: 'right', user: ALICE });
    expect(calls).toEqual([
      ...['count sign-on-user acme|alice', 'count sign-on-address acme|192.0.2.1', 'hash'],
      ...['succeed sign-on-user acme|alice', 'forgive sign-on-address acme|192.0.2.1'],
    ]);
  });

  it.each([
    ['a wrong password', ALICE, { password: 'wrong' }],
    ['nobody of that name', undefined, {}],
    ['a locked user', { ...ALICE, status: 'locked' } as User, {}],
    ['a disabled user', { ...ALICE, status: 'disabled' } as User, {}],
    ['an unverified user', { ...ALICE, status: 'unverified' } as User, {}],
  ])('SE-02 %s: one outcome, one hash, the same counters', async (_what, user, attempt) => {
    const { check, calls } = house(user);
    expect(await check.try({ ...ATTEMPT, ...attempt })).toEqual({ kind: 'wrong' });
    expect(calls).toEqual(['count sign-on-user acme|alice', 'count sign-on-address acme|192.0.2.1', 'hash']);
  });

  it('SE-01 every spelling of a name has one counter', async () => {
    const { check, calls } = house(ALICE);
    await check.try({ ...ATTEMPT, username: 'ＡLICE' });
    expect(calls).toContain('count sign-on-user acme|alice');
  });

  it('SE-01 every address of one IPv6 network has one counter', async () => {
    const { check, calls } = house(ALICE);
    await check.try({ ...ATTEMPT, password: 'wrong', ip: '2001:db8:0:7:1::1' });
    await check.try({ ...ATTEMPT, password: 'wrong', ip: '2001:db8:0:7:ffff::2' });
    expect(calls.filter((call) => call === 'count sign-on-address acme|2001:db8:0:7')).toHaveLength(2);
  });

  it.each([[SIGN_ON_PER_USER.name], [SIGN_ON_PER_ADDRESS.name]])(
    'SE-01 past %s the right password waits as well, and costs no hash',
    async (name) => {
      const { check, calls } = house(ALICE, [name]);
      expect(await check.try(ATTEMPT)).toEqual({ kind: 'wait', seconds: 30 });
      expect(calls).toEqual([]);
    },
  );

  it.each([
    ['name', { username: 'a'.repeat(257) }],
    ['password', { password: 'a'.repeat(257) }],
  ])('house: a %s beyond any length costs no hash, and counts', async (_what, attempt) => {
    const { check, calls } = house(ALICE);
    expect(await check.try({ ...ATTEMPT, ...attempt })).toEqual({ kind: 'wrong' });
    expect(calls).toHaveLength(2);
    expect(calls).not.toContain('hash');
  });

  it('house: the caller says whom it would go on with', async () => {
    const { check } = house({ ...ALICE, mustChangePassword: true });
    expect(await check.try(ATTEMPT, (user) => !user.mustChangePassword)).toEqual({ kind: 'wrong' });
    expect(await check.try(ATTEMPT, () => true)).toMatchObject({ kind: 'right' });
  });
});
