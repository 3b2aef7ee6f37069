import { anEnvironment } from '../mothers/environment.mother.js';
import { aConfiguredUser } from '../mothers/user.mother.js';
import { freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

/** UserDirectory: who people are, what they prove themselves with, and how new ones come in. */
export function describeUserDirectory(name: string, open: () => Promise<World>): void {
  describe(`UserDirectory: ${name}`, () => {
    const world = worldOf(open);
    const users = () => world().replicas[1].users;
    const BOB = { id: 'user-bob', username: 'bob', claims: {} };

    async function withUsers(...configured: ReturnType<typeof aConfiguredUser>[]): Promise<string> {
      const id = freshEnvironmentId();
      const environment = anEnvironment({ id });
      await world().configure({ environment, resources: [], clients: [], users: configured, serviceAccounts: [] });
      return id;
    }

    it('house: finds a user by id, with claims', async () => {
      const environmentId = await withUsers(aConfiguredUser());
      const { password: _, ...expected } = aConfiguredUser();
      expect(await users().find(environmentId, 'user-alice')).toEqual({
        ...{ ...expected, environmentId },
        passwordChangedAt: expect.any(Date),
      });
      expect(await users().find(environmentId, 'user-bob')).toBeUndefined();
      expect(await users().find(environmentId, '\0')).toBeUndefined();
      expect(await users().find(freshEnvironmentId(), 'user-alice')).toBeUndefined();
    });

    it.each(['alice', 'ALICE', 'ａｌｉｃｅ'])('house: %s with the right password is Alice', async (username) => {
      const environmentId = await withUsers(aConfiguredUser());
      expect(await users().authenticate(environmentId, username, 'correct horse')).toMatchObject({ id: 'user-alice' });
    });

    it.each([
      ['a wrong password', 'alice', 'Correct horse'],
      ['no password', 'alice', ''],
      ['a name nobody has', 'bob', 'correct horse'],
      ['no name', '', 'correct horse'],
      ['a NUL byte', 'alice\0', 'correct horse'],
      ['a very long name', 'a'.repeat(100_000), 'correct horse'],
      ['a user without password', 'guest', ''],
    ])('SE-02 %s is nobody', async (_, username, password) => {
      const { password: __, ...guest } = aConfiguredUser({ id: 'user-guest', username: 'guest' });
      const environmentId = await withUsers(aConfiguredUser(), guest);
      expect(await users().authenticate(environmentId, username, password)).toBeUndefined();
    });

    it('MT-01 the same name in two environments is two users', async () => {
      const [one, other] = [
        await withUsers(aConfiguredUser()),
        await withUsers(aConfiguredUser({ password: { plain: 'battery' } })),
      ];
      expect(await users().authenticate(one, 'alice', 'battery')).toBeUndefined();
      expect(await users().authenticate(other, 'alice', 'battery')).toMatchObject({ environmentId: other });
    });

    it.each(['locked', 'disabled'] as const)(
      'house: who knows the password is told even when %s; the caller decides',
      async (status) => {
        const environmentId = await withUsers(aConfiguredUser({ status }));
        expect(await users().authenticate(environmentId, 'alice', 'correct horse')).toMatchObject({ status });
      },
    );

    it.each(['alice', 'ALICE', 'ａｌｉｃｅ'])('house: %s is Alice, whoever asks', async (username) => {
      const environmentId = await withUsers(aConfiguredUser());
      expect(await users().findByUsername(environmentId, username)).toMatchObject({ id: 'user-alice' });
      expect(await users().findByUsername(freshEnvironmentId(), username)).toBeUndefined();
    });

    it.each(['bob', '', 'alice\0', 'a'.repeat(100_000), 'alice@example.com'])(
      'house: nobody signs on as %j',
      async (name) => {
        expect(await users().findByUsername(await withUsers(aConfiguredUser()), name)).toBeUndefined();
      },
    );

    it('house: a new password replaces the one before, and need not be changed', async () => {
      const environmentId = await withUsers(aConfiguredUser({ mustChangePassword: true }), aConfiguredUser(BOB));
      const before = await users().find(environmentId, 'user-alice');
      expect(before).toMatchObject({ mustChangePassword: true });
      expect(await users().authenticate(environmentId, 'alice', 'correct horse')).toEqual(before);
      await world().elapse(1);
      expect(await users().setPassword(environmentId, 'user-alice', 'battery staple')).toBe(true);
      const after = await users().authenticate(environmentId, 'alice', 'battery staple');
      expect(after).toMatchObject({ mustChangePassword: false });
      expect(after?.passwordChangedAt.getTime()).toBeGreaterThan(before?.passwordChangedAt.getTime() ?? Infinity);
      expect(await users().authenticate(environmentId, 'alice', 'correct horse')).toBeUndefined();
      expect(await users().authenticate(environmentId, 'bob', 'correct horse')).toMatchObject({ id: 'user-bob' });
    });

    it('house: nobody gets the password of somebody who is not there', async () => {
      const environmentId = await withUsers(aConfiguredUser());
      for (const id of ['user-bob', '', '\0']) {
        expect(await users().setPassword(environmentId, id, 'battery staple')).toBe(false);
      }
      expect(await users().setPassword(freshEnvironmentId(), 'user-alice', 'battery staple')).toBe(false);
      expect(await users().authenticate(environmentId, 'alice', 'correct horse')).toBeDefined();
    });

    const carol = { username: 'Carol', email: 'carol@example.com', password: 'tr0ub4dor' };

    it('house: who registers is there, unverified until they give their code back', async () => {
      const environmentId = await withUsers(aConfiguredUser());
      const registered = await users().register(environmentId, carol);
      expect(registered).toMatchObject({
        environmentId,
        username: 'Carol',
        status: 'unverified',
        claims: { email: 'carol@example.com', email_verified: false },
        mustChangePassword: false,
      });
      const id = registered?.id ?? '';
      expect(await users().find(environmentId, id)).toEqual(registered);
      expect(await users().authenticate(environmentId, 'carol', 'tr0ub4dor')).toEqual(registered);

      expect(await users().verify(environmentId, id)).toBe(true);
      expect(await users().find(environmentId, id)).toMatchObject({
        status: 'active',
        claims: { email: 'carol@example.com', email_verified: true },
      });
      expect(await users().verify(environmentId, id)).toBe(false);
    });

    it.each(['active', 'locked', 'disabled'] as const)(
      'house: verifying does not wake one who is %s',
      async (status) => {
        const environmentId = await withUsers(aConfiguredUser({ status, claims: {} }));
        expect(await users().verify(environmentId, 'user-alice')).toBe(false);
        expect(await users().verify(environmentId, '\0')).toBe(false);
        expect(await users().find(environmentId, 'user-alice')).toMatchObject({ status, claims: {} });
      },
    );

    it.each([
      ['is taken', { ...carol, username: 'alice' }],
      ['is taken in another spelling', { ...carol, username: 'ＡLICE' }],
      ["is another person's address", { ...carol, username: 'alice@example.com' }],
      ["is another person's address in another spelling", { ...carol, username: 'Alice@EXAMPLE.com' }],
      ["comes with another person's name for an address", { ...carol, email: 'bob@example.com' }],
      ["is another person's address beyond ASCII", { ...carol, username: 'åse@ÉXAMPLE.com' }],
      ['cannot be stored', { ...carol, username: 'carol\0' }],
    ])('CVE-2024-1722 nobody registers under a name that %s', async (_what, registration) => {
      const environmentId = await withUsers(
        aConfiguredUser(),
        aConfiguredUser({ id: 'user-bob', username: 'Bob@example.com', claims: {} }),
        aConfiguredUser({ id: 'user-ase', username: 'ase', claims: { email: 'ÅSE@éxample.com' } }),
      );
      expect(await users().register(environmentId, registration)).toBeUndefined();
      expect(await users().register(environmentId, carol)).toBeDefined();
    });

    it('CVE-2024-1722 an address somebody registered with is nobody else’s name, and may be their own', async () => {
      const environmentId = await withUsers();
      const own = { ...carol, username: 'ÇAROL@example.com', email: 'çarol@EXAMPLE.com' };
      expect(await users().register(environmentId, own)).toBeDefined();
      expect(await users().register(environmentId, { ...carol, email: 'Émil@example.com' })).toBeDefined();
      const mallory = { username: 'émil@example.com', email: 'mallory@example.com', password: 'tr0ub4dor' };
      expect(await users().register(environmentId, mallory)).toBeUndefined();
      expect(await users().register(environmentId, { ...mallory, username: 'mallory' })).toBeDefined();
    });

    it('house: of two that register one name at once one gets it', async () => {
      const environmentId = await withUsers();
      const registered = await inParallel(world(), 6, (stores) => stores.users.register(environmentId, carol));
      expect(registered.filter((user) => user !== undefined)).toHaveLength(1);
    });

    it('MT-01 the same name may be registered in two environments', async () => {
      const [one, other] = [await withUsers(), await withUsers()];
      const registered = [await users().register(one, carol), await users().register(other, carol)];
      expect(registered.map((user) => user?.environmentId)).toEqual([one, other]);
      expect(await users().verify(one, registered[0]?.id ?? '')).toBe(true);
      expect(await users().findByUsername(other, 'carol')).toMatchObject({ status: 'unverified' });
    });

    it('B4 the user code for backchannel requests', async () => {
      const environmentId = await withUsers(aConfiguredUser({ userCode: { plain: '4711' } }), aConfiguredUser(BOB));
      const check = (id: string, code: string) => users().checkUserCode(environmentId, id, code);
      expect(await check('user-alice', '4711')).toBe('right');
      expect(await check('user-alice', '4712')).toBe('wrong');
      expect(await check('user-alice', '')).toBe('wrong');
      expect(await check('user-bob', '4711')).toBe('not_set');
      expect(await check('user-carol', '4711')).toBe('not_set');
      expect(await check('\0', '4711')).toBe('not_set');
      expect(await users().checkUserCode(freshEnvironmentId(), 'user-alice', '4711')).toBe('not_set');
      expect(await users().authenticate(environmentId, 'alice', '4711')).toBeUndefined();
    });
  });
}
