import { ResourceCatalog } from '@grantway/domain';
import type { Issuance } from '@grantway/grant-sdk';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import {
  aClient,
  aNewSession,
  anAuthentication,
  anAuthorization,
  anEnvironment,
  aPost,
  aResource,
  aUser,
  MemoryStores,
} from '@grantway/testing';
import { type RegisteredGrant } from '../grant-registry.js';
import { LocalGrant } from '../registered-grant.js';
import { TokenContext } from '../token-context.js';
import { CheckSubject } from './check-subject.step.js';
import { LimitScope } from './limit-scope.step.js';

const TYPE = 'urn:example:ticket';
const AT_FAULT = new OAuthError('temporarily_unavailable', { reason: 'grant.fault' });
const ONCE = { once: { id: 'ticket-1', until: new Date(Date.now() + 60_000) } };
const OURS = { deviceCode: '01a1f000-0000-7000-8000-000000000001' };

function contextOf(issuance: Issuance, { remote = true, requested }: { remote?: boolean; requested?: ScopeSet } = {}) {
  const context = new TokenContext(aPost({}), anEnvironment(), 'https://login.example/acme/as');
  const local = new LocalGrant({ type: TYPE, params: class {}, clients: 'any' }, { handle: async () => issuance });
  const grant: RegisteredGrant = {
    ...local,
    remote,
    handler: local.handler,
    params: () => ({}),
    fault: () => AT_FAULT,
  };
  Object.assign(context, { issuance, grant, client: aClient(), catalog: new ResourceCatalog([aResource()]) });
  if (requested) context.requestedScope = requested;
  return context;
}

describe('what a grant decided by itself, design section 5', () => {
  const recorded = (issuance: Partial<Issuance>, requested = ScopeSet.of('openid', 'orders:read')) => {
    const scope = ScopeSet.of('openid', 'offline_access', 'orders:read', 'orders:place');
    const context = contextOf({ authorization: anAuthorization({ scope }), ...issuance }, { requested });
    new LimitScope().run(context);
    return context.issuance.authorization.scope.toArray();
  };

  it.each([
    ['nothing', {}],
    ['what is a team’s own', { spend: ONCE }],
  ])('RT-05 RFC 6749 §6 where it spends %s, what goes on record is what was granted', (_what, issuance) => {
    expect(recorded(issuance)).toEqual(['openid', 'orders:read']);
  });

  it('R3 what a person allowed at a page of ours stays on record whole', () => {
    expect(recorded({ spend: OURS })).toEqual(['openid', 'offline_access', 'orders:read', 'orders:place']);
  });

  async function naming(userId: string, issuance: Partial<Issuance> = {}, remote = true) {
    const stores = new MemoryStores();
    stores.users.add(aUser());
    stores.users.add(aUser({ id: 'user-bob', username: 'bob' }));
    const { session } = await stores.sessions.create(aNewSession({ userId }));
    const authentication = anAuthentication({ time: new Date(), sessionId: session.id });
    const context = contextOf({ authorization: anAuthorization({ authentication }), ...issuance }, { remote });
    return new CheckSubject(stores.users, stores.serviceAccounts, stores.sessions).run(context);
  }

  it('LO-01 it names no session but its subject’s', async () => {
    await expect(naming('user-alice')).resolves.toBeUndefined();
    await expect(naming('user-bob')).rejects.toBe(AT_FAULT);
    await expect(naming('user-bob', { spend: ONCE })).rejects.toBe(AT_FAULT);
  });

  it('R9 what was allowed at a page of ours names the session of that page, however that ended', async () => {
    await expect(naming('user-bob', { spend: OURS })).resolves.toBeUndefined();
    await expect(naming('user-bob', {}, false)).resolves.toBeUndefined();
  });
});
