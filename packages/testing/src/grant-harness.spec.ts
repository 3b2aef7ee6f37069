import { Authorizations } from '@grantway/domain';
import { Grant, type GrantHandler, type Issuance, Param, type TokenRequest } from '@grantway/grant-sdk';
import { ScopeSet } from '@grantway/protocol';
import { grantHarness } from './grant-harness.js';
import { MemoryStores } from './memory/memory-stores.js';
import { TestClock } from './memory/test-clock.js';
import { anAuthorization } from './mothers/authorization.mother.js';
import { aUser } from './mothers/user.mother.js';

class TicketParams {
  @Param()
  readonly ticket!: string;
}

/** Decides what its ticket says, and knows a store of ours. */
@Grant({ type: 'urn:example:ticket', params: TicketParams, clients: 'any', slug: 'ticket', spends: 'once' })
class TicketGrant implements GrantHandler<TicketParams> {
  constructor(private readonly authorizations: Authorizations) {}

  async handle({ params, client, requestedScope }: TokenRequest<TicketParams>): Promise<Issuance> {
    const authorization = anAuthorization({ scope: requestedScope ?? ScopeSet.of('orders:read') });
    const claims = { hashes: client.secretHashes.length, known: this.authorizations !== undefined };
    return { authorization, claims, spend: { once: { id: params.ticket, until: new Date(Date.now() + 60_000) } } };
  }
}

/** Stores of now, as what is spent once ends a little later. */
const stores = () => new MemoryStores(new TestClock(Date.now()));

describe('grantHarness', () => {
  it('house: the stores of the domain need no `provide`, and alice is there', async () => {
    const { token, stores: house } = await grantHarness(TicketGrant, { stores: stores() });
    const { issuance, scope, authorizationId = '' } = await token({ ticket: 'a' }, { scope: ScopeSet.of('openid') });
    expect(issuance.claims).toEqual({ hashes: 1, known: true });
    expect(scope.toArray()).toEqual(['openid']);
    expect(await house.authorizations.find('acme', authorizationId)).toMatchObject({ clientId: 'shop' });
  });

  it('house: what is spent once is spent in the stores', async () => {
    const { token } = await grantHarness(TicketGrant, { stores: stores() });
    await token({ ticket: 'a' });
    await expect(token({ ticket: 'a' })).rejects.toMatchObject({ code: 'invalid_grant' });
    await expect(token({ ticket: 'b' })).resolves.toBeDefined();
  });

  it('house: over the wire no secret reaches it', async () => {
    const { token } = await grantHarness(TicketGrant, { stores: stores(), overTheWire: true });
    expect((await token({ ticket: 'a' })).issuance.claims).toEqual({ hashes: 0, known: true });
  });

  it('X14 the subject is looked up among the users of the stores', async () => {
    const house = stores();
    house.users.add(aUser({ status: 'locked' }));
    const { token } = await grantHarness(TicketGrant, { stores: house });
    await expect(token({ ticket: 'a' })).rejects.toMatchObject({ code: 'invalid_grant' });
  });
});
