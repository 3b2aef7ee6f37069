import { Grant, grantOptions } from './grant.decorator.js';
import type { GrantHandler } from './grant-handler.js';
import type { Issuance } from './issuance.js';

class TicketParams {}

@Grant({ type: 'urn:example:ticket', params: TicketParams, clients: 'confidential' })
class TicketGrant implements GrantHandler<TicketParams> {
  handle(): Promise<Issuance> {
    throw new Error('not asked here');
  }
}

describe('@Grant', () => {
  it('house: says what it was told', () => {
    expect(grantOptions(TicketGrant)).toEqual({
      type: 'urn:example:ticket',
      params: TicketParams,
      clients: 'confidential',
    });
  });

  it('house: another class is no grant', () => {
    expect(grantOptions(TicketParams)).toBeUndefined();
  });
});
