import { type AuthorizationCode, type AuthorizationCodes, MOST_VERIFIER_FAILURES } from '@grantway/domain';
import { aNewAuthorization, aNewCode, anAuthentication, anAuthorization } from '../mothers/authorization.mother.js';
import { altered, freshEnvironmentId, inParallel, issueCode, type World, worldOf } from './world.js';

export function describeAuthorizationCodes(name: string, open: () => Promise<World>): void {
  describe(`AuthorizationCodes: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];

    async function issued(overrides: Parameters<typeof aNewCode>[0] = {}) {
      const environmentId = freshEnvironmentId();
      const code = await issueCode(stores(), aNewCode({ environmentId, ...overrides }));
      const found = await present(stores().codes, environmentId, code);
      return { environmentId, code, id: found.id };
    }

    it('house: gives back all that was put in, on another replica', async () => {
      const made = aNewCode({
        environmentId: freshEnvironmentId(),
        authorization: anAuthorization({ resources: ['https://orders.example'], authentication: anAuthentication() }),
        nonce: 'n-0S6',
        codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        codeChallengeMethod: 'S256',
      });
      const code = await issueCode(stores(), made);
      const { authorization, id: _, ...found } = await present(world().replicas[1].codes, made.environmentId, code);
      const { authorization: authorized, lifetime: __, ...expected } = made;
      expect(found).toEqual({ ...expected, state: { kind: 'live' } });
      expect({ ...authorization, scope: authorization.scope.toArray() }).toEqual({
        ...authorized,
        scope: authorized.scope.toArray(),
      });
    });

    it('house: what was not given is absent, not undefined', async () => {
      const { environmentId, redirectUri: _, ...made } = aNewCode({ environmentId: freshEnvironmentId() });
      const authorization = {
        subject: { kind: 'client', id: 'robot' },
        scope: made.authorization.scope,
        resources: [],
      } as const;
      const code = await issueCode(stores(), { ...made, environmentId, authorization });
      const found = await present(stores().codes, environmentId, code);
      expect(Object.keys(found).sort()).toEqual(['authorization', 'clientId', 'environmentId', 'id', 'state']);
      expect(Object.keys(found.authorization).sort()).toEqual(['resources', 'scope', 'subject']);
    });

    it('CO-11 never gives the same code twice', async () => {
      const codes = await inParallel(world(), 50, (replica) => issueCode(replica, aNewCode()));
      expect(new Set(codes).size).toBe(50);
    });

    it.each([
      ['CO-11 an altered secret', altered],
      ['CO-10 another kind of artifact', (code: string) => code.replace('gwac_', 'gwst_')],
      ['CO-11 a secret without its id', (code: string) => code.replace(/_.{22}/, `_${'A'.repeat(22)}`)],
      ['house: nonsense', () => 'nonsense'],
      ['house: nothing', () => ''],
      ['house: a NUL byte', (code: string) => `${code}\0`],
    ])('%s finds nothing', async (_, change) => {
      const { environmentId, code } = await issued();
      expect(await stores().codes.find(environmentId, change(code))).toBeUndefined();
    });

    it('MT-01 another environment finds nothing', async () => {
      const { code } = await issued();
      expect(await stores().codes.find(freshEnvironmentId(), code)).toBeUndefined();
    });

    it('CO-03 a code expires by the storage’s clock', async () => {
      const { environmentId, code } = await issued({ lifetime: 60 });
      await world().elapse(59);
      expect(await stores().codes.find(environmentId, code)).toMatchObject({ state: { kind: 'live' } });
      await world().elapse(2);
      expect(await stores().codes.find(environmentId, code)).toMatchObject({ state: { kind: 'expired' } });
    });

    it('CO-09 a wrong verifier spends nothing until the last one that is too many', async () => {
      const { environmentId, code, id } = await issued();
      for (let failures = 1; failures < MOST_VERIFIER_FAILURES; failures++) await stores().codes.countFailure(id);
      expect(await stores().codes.find(environmentId, code)).toMatchObject({ state: { kind: 'live' } });
      await stores().codes.countFailure(id);
      expect(await stores().codes.find(environmentId, code)).toMatchObject({ state: { kind: 'guessed' } });
      expect(
        await stores().authorizations.redeem({ authorizationCode: id }, aNewAuthorization({ environmentId })),
      ).toBeUndefined();
    });

    it('CO-09 parallel wrong verifiers count each', async () => {
      const { environmentId, code, id } = await issued();
      await inParallel(world(), MOST_VERIFIER_FAILURES, ({ codes }) => codes.countFailure(id));
      expect(await stores().codes.find(environmentId, code)).toMatchObject({ state: { kind: 'guessed' } });
    });

    it('CO-01 a spent code says what came of it and how long ago', async () => {
      const { environmentId, code, id } = await issued();
      const authorizationId = await stores().authorizations.redeem(
        { authorizationCode: id },
        aNewAuthorization({ environmentId }),
      );
      await world().elapse(30);
      const { state } = await present(world().replicas[1].codes, environmentId, code);
      expect(state).toMatchObject({ kind: 'spent', authorizationId });
      expect(state.kind === 'spent' && state.ago).toBeGreaterThanOrEqual(30_000);
      expect(state.kind === 'spent' && state.ago).toBeLessThan(40_000);
    });

    it('house: counting a failure of what is not there is no error', async () => {
      await stores().codes.countFailure('01a1f000-0000-7000-8000-00000000abcd');
      await stores().codes.countFailure('not an id');
    });
  });
}

async function present(codes: AuthorizationCodes, environmentId: string, code: string): Promise<AuthorizationCode> {
  const found = await codes.find(environmentId, code);
  if (!found) throw new Error('a code just issued was not found');
  return found;
}
