import type { OpaqueAccessToken } from '@grantway/domain';
import { altered, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

const HOUR = 3_600;

export function describeOpaqueAccessTokens(name: string, open: () => Promise<World>): void {
  describe(`OpaqueAccessTokens: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];
    const there = () => world().replicas[1];

    async function issued(lifetime = HOUR) {
      const environmentId = freshEnvironmentId();
      const record: OpaqueAccessToken = {
        environmentId,
        clientId: 'shop',
        claims: { sub: 'user-alice', aud: ['https://a.example', 'https://b.example'], act: { sub: 'bot' }, exp: 4e9 },
      };
      return { environmentId, record, token: await stores().opaqueAccessTokens.issue(record, lifetime) };
    }

    it('RFC 7662 §2.2 another replica finds what it stands for', async () => {
      const { environmentId, record, token } = await issued();
      expect(token).toMatch(/^gwat_/);
      expect(await there().opaqueAccessTokens.find(environmentId, token)).toEqual(record);
    });

    it.each([
      ['an altered secret', altered],
      ['another kind of artifact', (token: string) => token.replace('gwat_', 'gwrt_')],
      ['more than the token', (token: string) => `${token}x`],
      ['nonsense', () => 'nonsense'],
      ['nothing', () => ''],
    ])('CO-11 %s is no token, and revokes none', async (_what, change) => {
      const { environmentId, token } = await issued();
      expect(await stores().opaqueAccessTokens.find(environmentId, change(token))).toBeUndefined();
      await stores().opaqueAccessTokens.revoke(environmentId, change(token));
      expect(await stores().opaqueAccessTokens.find(environmentId, token)).toBeDefined();
    });

    it('MT-01 another environment neither finds nor revokes it', async () => {
      const { environmentId, token } = await issued();
      expect(await stores().opaqueAccessTokens.find(freshEnvironmentId(), token)).toBeUndefined();
      await stores().opaqueAccessTokens.revoke(freshEnvironmentId(), token);
      expect(await stores().opaqueAccessTokens.find(environmentId, token)).toBeDefined();
    });

    it('house: it ends with its lifetime', async () => {
      const { environmentId, token } = await issued(100);
      await world().elapse(99);
      expect(await stores().opaqueAccessTokens.find(environmentId, token)).toBeDefined();
      await world().elapse(2);
      expect(await stores().opaqueAccessTokens.find(environmentId, token)).toBeUndefined();
    });

    it('IR-03 revoked on one replica it is gone on the other; repeating it is no error', async () => {
      const { environmentId, token } = await issued();
      const { token: other } = await issued();
      await inParallel(world(), 6, ({ opaqueAccessTokens }) => opaqueAccessTokens.revoke(environmentId, token));
      expect(await there().opaqueAccessTokens.find(environmentId, token)).toBeUndefined();
      expect(other).not.toBe(token);
    });

    it('oidc-provider 9.8.6 revoking one leaves every other as it was', async () => {
      const { environmentId, record, token } = await issued();
      const sibling = await stores().opaqueAccessTokens.issue(record, HOUR);
      await stores().opaqueAccessTokens.revoke(environmentId, token);
      expect(await stores().opaqueAccessTokens.find(environmentId, sibling)).toEqual(record);
    });
  });
}

/** @param now the clock the stores go by, in milliseconds */
export function describeRevokedTokens(name: string, open: () => Promise<World>, now: () => number): void {
  describe(`RevokedTokens: ${name}`, () => {
    const world = worldOf(open);
    const inSeconds = (seconds: number) => new Date(Math.floor(now() / 1000) * 1000 + seconds * 1000);

    it('IR-03 what was added on one replica is known on the other; adding it again is no error', async () => {
      const [environmentId, exp] = [freshEnvironmentId(), inSeconds(HOUR)];
      const [here, there] = world().replicas;
      expect(await there.revokedTokens.has(environmentId, 'jti-1', exp)).toBe(false);
      await inParallel(world(), 6, ({ revokedTokens }) => revokedTokens.add(environmentId, 'jti-1', exp));
      expect(await here.revokedTokens.has(environmentId, 'jti-1', exp)).toBe(true);
      expect(await there.revokedTokens.has(environmentId, 'jti-1', exp)).toBe(true);
    });

    it('IR-05 MT-01 another jti, expiry or environment is another token', async () => {
      const [environmentId, exp] = [freshEnvironmentId(), inSeconds(HOUR)];
      const { revokedTokens } = world().replicas[0];
      await revokedTokens.add(environmentId, 'jti-1', exp);
      expect(await revokedTokens.has(environmentId, 'jti-2', exp)).toBe(false);
      expect(await revokedTokens.has(environmentId, 'jti-1', inSeconds(HOUR + 1))).toBe(false);
      expect(await revokedTokens.has(freshEnvironmentId(), 'jti-1', exp)).toBe(false);
    });

    it.each([
      ['in a minute', 60],
      ['in thirty days, the longest a token lives', 30 * 86_400],
    ])('design §4.5 there is room for what expires %s', async (_when, seconds) => {
      const [environmentId, exp] = [freshEnvironmentId(), inSeconds(seconds)];
      const { revokedTokens } = world().replicas[0];
      await revokedTokens.add(environmentId, 'jti-1', exp);
      expect(await revokedTokens.has(environmentId, 'jti-1', exp)).toBe(true);
    });

    it('house: asking about what expired long ago, or will in ages, is no error', async () => {
      const { revokedTokens } = world().replicas[0];
      for (const seconds of [-400 * 86_400, 400 * 86_400]) {
        expect(await revokedTokens.has(freshEnvironmentId(), 'jti-1', inSeconds(seconds))).toBe(false);
      }
    });
  });
}
