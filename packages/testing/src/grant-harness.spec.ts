import { Grant, type GrantHandler, type Issuance, Param, type TokenRequest } from '@grantway/grant-sdk';
import { ScopeSet } from '@grantway/protocol';
import { grantHarness } from './grant-harness.js';
import { anAuthorization } from './mothers/authorization.mother.js';

class TicketParams {
  @Param()
  readonly ticket!: string;
}

/** Decides what its ticket says. */
@Grant({ type: 'urn:example:ticket', params: TicketParams, clients: 'any', slug: 'ticket' })
class TicketGrant implements GrantHandler<TicketParams> {
  async handle({
    params,
    client,
    requestedScope = ScopeSet.of('openid'),
  }: TokenRequest<TicketParams>): Promise<Issuance> {
    const authorization = anAuthorization({ scope: requestedScope });
    switch (params.ticket) {
      case 'wrapped':
        return { authorization, claims: { made: new Date(0) } };
      case 'secret':
        return { authorization, claims: { hashes: client.secretHashes.length } };
      case 'bound':
        return { authorization, serviceAccountVersion: 1 };
      case 'spent':
        return { authorization, spend: { deviceCode: crypto.randomUUID() } };
      default:
        return { authorization, notAfter: new Date(8e12) };
    }
  }
}

describe('grantHarness', () => {
  it.each([false, true])('house: a grant decides the same here and over the wire (%s)', async (overTheWire) => {
    const { token } = await grantHarness(TicketGrant, { overTheWire });
    const { issuance } = await token({ ticket: 'good' }, { scope: ScopeSet.of('orders:read') });
    expect(issuance).toMatchObject({ authorization: { subject: { id: 'user-alice' } }, notAfter: new Date(8e12) });
    expect(issuance.authorization.scope.toArray()).toEqual(['orders:read']);
    await expect(token({})).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('house: over the wire no secret reaches it, and no object is shared', async () => {
    const [here, there] = [await grantHarness(TicketGrant), await grantHarness(TicketGrant, { overTheWire: true })];
    expect((await here.token({ ticket: 'secret' })).issuance.claims).toEqual({ hashes: 1 });
    expect((await there.token({ ticket: 'secret' })).issuance.claims).toEqual({ hashes: 0 });
    expect((await there.token({ ticket: 'wrapped' })).issuance.claims).toEqual({ made: '1970-01-01T00:00:00.000Z' });
  });

  it.each(['bound', 'spent'])('house: what the contract does not carry fails over the wire: %s', async (ticket) => {
    const { token } = await grantHarness(TicketGrant, { overTheWire: true });
    await expect(token({ ticket })).rejects.toMatchObject({ name: 'Malformed' });
  });
});
