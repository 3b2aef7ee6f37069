import { REQUEST_URI_PREFIX } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { aNewAuthorization, aNewCode, aNewFlow, anAuthorization } from '../mothers/authorization.mother.js';
import { altered, freshEnvironmentId, inParallel, type World, worldOf } from './world.js';

export function describeAuthorizationAnswers(name: string, open: () => Promise<World>): void {
  describe(`AuthorizationAnswers and PushedRequests: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];
    const CLIENT = 'shop';

    async function completedFlow(overrides: Parameters<typeof aNewFlow>[0] = {}) {
      const { environmentId: _, ...flow } = aNewFlow({ status: 'COMPLETED', ...overrides });
      const environmentId = freshEnvironmentId();
      return { environmentId, flowId: await stores().flows.begin({ ...flow, environmentId }) };
    }

    async function pushed(lifetime = 60) {
      const environmentId = freshEnvironmentId();
      const params = { scope: ['openid'], resource: ['https://a.example', 'https://b.example'] };
      const requestUri = await stores().pushed.push({ environmentId, clientId: CLIENT, params, lifetime });
      return { environmentId, params, requestUri };
    }

    it('A16 I1 of 20 that finish one flow at once, one gets a code', async () => {
      const { environmentId, flowId } = await completedFlow();
      const answers = await inParallel(world(), 20, (replica) =>
        replica.answers.issue({ environmentId, clientId: CLIENT, flowId }, { code: aNewCode({ environmentId }) }),
      );
      const [answer, second] = answers.filter((each) => each !== undefined);
      expect(second).toBeUndefined();
      expect((await stores().codes.find(environmentId, answer?.code ?? ''))?.state.kind).toBe('live');
      expect((await stores().flows.find(environmentId, flowId))?.resumed).toBe(true);
    });

    it.each([
      ['is not completed', { status: 'AGREEMENT_CONSENT_REQUIRED' }],
      ['came to nothing', { status: 'FAILED' }],
    ] as const)('A16 a flow that %s gives no code', async (_, flow) => {
      const { environmentId, flowId } = await completedFlow(flow);
      const grounds = { environmentId, clientId: CLIENT, flowId };
      expect(await stores().answers.issue(grounds, { code: aNewCode({ environmentId }) })).toBeUndefined();
      expect((await stores().flows.find(environmentId, flowId))?.resumed).toBe(false);
    });

    it('A16 a flow that is none, or another environment’s, gives no code', async () => {
      const { environmentId, flowId } = await completedFlow();
      const other = { environmentId: 'another', clientId: CLIENT, flowId };
      expect(await stores().answers.issue(other, { code: aNewCode({ environmentId: 'another' }) })).toBeUndefined();
      const none = { environmentId, clientId: CLIENT, flowId: 'not an id' };
      expect(await stores().answers.issue(none, { code: aNewCode({ environmentId }) })).toBeUndefined();
      expect((await stores().flows.find(environmentId, flowId))?.resumed).toBe(false);
    });

    it('H1 a code and tokens of their own authorization, with the scope of each', async () => {
      const { environmentId, flowId } = await completedFlow();
      const code = aNewCode({ environmentId, authorization: anAuthorization({ scope: ScopeSet.of('openid', 'a') }) });
      const authorization = anAuthorization({ scope: ScopeSet.of('openid') });
      const { family: _, ...front } = aNewAuthorization({ environmentId, authorization, offline: false });
      const answer = await stores().answers.issue(
        { environmentId, clientId: CLIENT, flowId },
        { code, authorization: front },
      );
      const found = await stores().codes.find(environmentId, answer?.code ?? '');
      expect(found?.authorization.scope.toArray()).toEqual(['openid', 'a']);
      const record = await stores().authorizations.find(environmentId, answer?.authorizationId ?? '');
      expect(record).toMatchObject({ clientId: CLIENT, offline: false, revoked: false });
      expect(record?.scope.toArray()).toEqual(['openid']);
      expect(await stores().authorizations.findFamily(environmentId, answer?.authorizationId ?? '')).toBeUndefined();
    });

    it('I4 an ID token alone records nothing, and closes its flow all the same', async () => {
      const { environmentId, flowId } = await completedFlow();
      const grounds = { environmentId, clientId: CLIENT, flowId };
      expect(await stores().answers.issue(grounds, {})).toEqual({});
      expect(await stores().answers.issue(grounds, {})).toBeUndefined();
    });

    it('P1 what was pushed comes back on another replica, and reading does not use it', async () => {
      const { environmentId, params, requestUri } = await pushed();
      expect(requestUri.startsWith(REQUEST_URI_PREFIX)).toBe(true);
      for (const { pushed } of world().replicas) {
        expect(await pushed.find(environmentId, requestUri)).toMatchObject({ environmentId, clientId: CLIENT, params });
      }
    });

    it('PR-02 expired, altered, another environment’s, or none', async () => {
      const { environmentId, requestUri } = await pushed(10);
      expect(await stores().pushed.find('another', requestUri)).toBeUndefined();
      expect(await stores().pushed.find(environmentId, altered(requestUri))).toBeUndefined();
      expect(await stores().pushed.find(environmentId, requestUri.replace('gwpr_', 'gwac_'))).toBeUndefined();
      expect(await stores().pushed.find(environmentId, requestUri.slice(REQUEST_URI_PREFIX.length))).toBeUndefined();
      await world().elapse(11);
      expect(await stores().pushed.find(environmentId, requestUri)).toBeUndefined();
    });

    it('PR-01 I1 of 50 answers to one pushed request, one goes out, however long the person took', async () => {
      const { environmentId, requestUri } = await pushed(10);
      const { id } = (await stores().pushed.find(environmentId, requestUri)) ?? { id: '' };
      await world().elapse(11);
      const answers = await inParallel(world(), 50, (replica) =>
        replica.answers.issue(
          { environmentId, clientId: CLIENT, pushedRequestId: id },
          { code: aNewCode({ environmentId }) },
        ),
      );
      expect(answers.filter((each) => each !== undefined)).toHaveLength(1);
    });

    it('PR-01 I1 of flows that go back to one pushed request and end at once, one gets a code', async () => {
      const { environmentId, requestUri } = await pushed();
      const { id } = (await stores().pushed.find(environmentId, requestUri)) ?? { id: '' };
      const { environmentId: _, ...flow } = aNewFlow({ status: 'COMPLETED' });
      const flows = await Promise.all(
        Array.from({ length: 20 }, () => stores().flows.begin({ ...flow, environmentId })),
      );
      const answers = await inParallel(world(), flows.length, (replica, n) => {
        const grounds = { environmentId, clientId: CLIENT, flowId: flows[n] ?? '', pushedRequestId: id };
        return replica.answers.issue(grounds, { code: aNewCode({ environmentId }) });
      });
      expect(answers.filter((each) => each !== undefined)).toHaveLength(1);
    });

    it('I1 answers to many at once are each their own', async () => {
      const each = await Promise.all(Array.from({ length: 20 }, () => completedFlow()));
      const answers = await inParallel(world(), each.length, (replica, n) => {
        const { environmentId, flowId } = each[n] ?? { environmentId: '', flowId: '' };
        const code = aNewCode({ environmentId, nonce: `nonce-${n}` });
        return replica.answers.issue({ environmentId, clientId: CLIENT, flowId }, { code });
      });
      for (const [n, answer] of answers.entries()) {
        const found = await stores().codes.find(each[n]?.environmentId ?? '', answer?.code ?? '');
        expect(found).toMatchObject({ nonce: `nonce-${n}`, state: { kind: 'live' } });
      }
    });

    it('PR-01 used, it is not found any more', async () => {
      const { environmentId, requestUri } = await pushed();
      const { id } = (await stores().pushed.find(environmentId, requestUri)) ?? { id: '' };
      const grounds = { environmentId, clientId: CLIENT, pushedRequestId: id };
      await stores().answers.issue(grounds, { code: aNewCode({ environmentId }) });
      expect(await stores().pushed.find(environmentId, requestUri)).toBeUndefined();
    });
  });
}
