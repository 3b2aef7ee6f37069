import { Grant, type GrantHandler, type Issuance } from '@grantway/grant-sdk';
import type { DiscoveryService } from '@nestjs/core';
import { GrantRegistry } from './grant-registry.js';

class NoParams {}

class Handler implements GrantHandler<NoParams> {
  handle(): Promise<Issuance> {
    throw new Error('not asked here');
  }
}

@Grant({ type: 'urn:example:ticket', params: NoParams, clients: 'any' })
class TicketGrant extends Handler {}

@Grant({ type: 'urn:example:voucher', params: NoParams, clients: 'any' })
class VoucherGrant extends Handler {}

@Grant({ type: 'urn:example:ticket', params: NoParams, clients: 'any' })
class OtherTicketGrant extends Handler {}

function registryOf(...types: (new () => object)[]): GrantRegistry {
  const providers = types.map((metatype) => ({ metatype, instance: new metatype() }));
  const aValue = { metatype: null, instance: {} };
  const notMadeYet = { metatype: VoucherGrant, instance: undefined };
  const discovery = { getProviders: () => [aValue, notMadeYet, ...providers] } as unknown as DiscoveryService;
  const registry = new GrantRegistry(discovery);
  registry.onModuleInit();
  return registry;
}

describe('GrantRegistry', () => {
  it('house: finds every @Grant and nothing else', () => {
    const registry = registryOf(TicketGrant, VoucherGrant, Handler, NoParams);
    expect(registry.types).toEqual(['urn:example:ticket', 'urn:example:voucher']);
    expect(registry.find('urn:example:ticket')?.handler).toBeInstanceOf(TicketGrant);
    expect(registry.find('urn:example:ticket')?.options.params).toBe(NoParams);
  });

  it('house: refuses two handlers for one grant type', () => {
    expect(() => registryOf(TicketGrant, OtherTicketGrant)).toThrow(
      'two grants claim the grant type urn:example:ticket',
    );
  });

  it.each(['unknown', '', 'constructor', '__proto__', 'URN:EXAMPLE:TICKET'])('X6 "%s" is no grant type', (type) => {
    expect(registryOf(TicketGrant).find(type)).toBeUndefined();
  });
});
