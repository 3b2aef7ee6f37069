import { Grant, type GrantHandler, type Issuance } from '@grantway/grant-sdk';
import { ClientCredentialsGrant } from '@grantway/grants';
import type { DiscoveryService } from '@nestjs/core';
import { GrantRegistry, type RegisteredGrant } from './grant-registry.js';
import { GuestGrant } from './guest-grant.js';
import type { RemoteGrants } from './remote-grants/remote-grants.js';

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

@Grant({ type: 'urn:example:foreign', params: NoParams, clients: 'any' })
class ForeignGrant extends Handler {}

@Grant({ type: 'urn:example:ticket', params: NoParams, clients: 'any' })
class OtherTicketGrant extends Handler {}

function registryOf(...types: (new () => object)[]): GrantRegistry {
  const host = {};
  const providers: object[] = types.map((metatype) => ({ metatype, instance: new metatype(), host }));
  const aValue = { metatype: null, instance: {}, host };
  const notMadeYet = { metatype: VoucherGrant, instance: undefined, host };
  const anothers = { metatype: ForeignGrant, instance: new ForeignGrant(), host: {} };
  const discovery = { getProviders: () => [aValue, notMadeYet, anothers, ...providers] } as unknown as DiscoveryService;
  const registry = new GrantRegistry(discovery, remote as unknown as RemoteGrants);
  providers.push({ metatype: GrantRegistry, instance: registry, host });
  registry.onModuleInit();
  return registry;
}

const manifest = { type: 'urn:example:remote', slug: 'remote' };
const remote = {
  reserved: [] as string[],
  reserve: (types: Iterable<string>) => remote.reserved.push(...types),
  find: (type: string) => (type === 'urn:example:gone' ? 'away' : type === manifest.type ? manifest : undefined),
  manifests: [manifest],
};

describe('GrantRegistry', () => {
  it('house: what is not built in is a guest, and believed no more than what runs elsewhere', () => {
    const registry = registryOf(TicketGrant, ClientCredentialsGrant);
    expect(registry.find('urn:example:ticket')).toBeInstanceOf(GuestGrant);
    // Discovery says of it what it would say were it elsewhere.
    expect(registry.manifests.map(({ type }) => type)).toEqual(['urn:example:ticket', 'urn:example:remote']);
    const ours = registry.find('client_credentials') as RegisteredGrant;
    expect([ours.remote, ours.handler]).toEqual([false, expect.any(ClientCredentialsGrant)]);
  });

  it('house: finds every @Grant and nothing else', () => {
    const registry = registryOf(TicketGrant, VoucherGrant, Handler, NoParams);
    expect(registry.types).toEqual(['urn:example:ticket', 'urn:example:voucher', 'urn:example:remote']);
    expect(registry.find('urn:example:ticket')).toMatchObject({ options: { params: NoParams } });
  });

  it('design §5 after its own come those that others serve, and nobody serves its own', () => {
    const registry = registryOf(TicketGrant);
    expect(registry.find('urn:example:remote')).toBe(manifest);
    expect(registry.find('urn:example:gone')).toBe('away');
    expect(remote.reserved).toContain('urn:example:ticket');
  });

  it('design §5 a grant of another module in this process is that module’s to serve', () => {
    expect(registryOf(TicketGrant).find('urn:example:foreign')).toBeUndefined();
    expect(remote.reserved).not.toContain('urn:example:foreign');
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
