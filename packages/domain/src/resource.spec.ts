import { ScopeSet } from '@grantway/protocol';
import { type Resource, ResourceCatalog } from './resource.js';

const orders: Resource = {
  environmentId: 'acme',
  name: 'orders',
  audience: 'https://orders.example',
  scopes: [
    { name: 'orders:read', description: 'See orders', userOnly: false },
    { name: 'orders:place', description: 'Place orders for you', userOnly: true },
  ],
  accessTokenFormat: 'jwt',
  introspectionSecretHashes: [],
};
const stock: Resource = {
  environmentId: 'acme',
  name: 'stock',
  audience: 'https://stock.example',
  scopes: [{ name: 'stock:read', description: 'See the stock', userOnly: false }],
  accessTokenFormat: 'jwt',
  introspectionSecretHashes: [],
};
const catalog = new ResourceCatalog([orders, stock]);

describe('ResourceCatalog', () => {
  it.each([
    ['openid', true],
    ['offline_access', true],
    ['orders:read', true],
    ['Orders:read', false],
    ['constructor', false],
    ['__proto__', false],
  ])('X9 %s is known: %s', (scope, known) => {
    expect(catalog.knows(scope)).toBe(known);
  });

  it.each([
    ['openid', true],
    ['offline_access', true],
    ['orders:place', true],
    ['orders:read', false],
    ['unknown', false],
  ])('C2 %s needs a user: %s', (scope, needed) => {
    expect(catalog.needsUser(scope)).toBe(needed);
  });

  it('X10 a resource is found by its audience alone', () => {
    expect(catalog.byAudience('https://orders.example')).toBe(orders);
    for (const audience of ['https://orders.example/', 'https://orders.example#x', 'orders', '']) {
      expect(catalog.byAudience(audience)).toBeUndefined();
    }
  });

  it('RFC 8707 §2.2 scopes name their resources, each once', () => {
    const scope = ScopeSet.of('openid', 'orders:read', 'orders:place', 'stock:read', 'unknown');
    expect(catalog.resourcesOf(scope)).toEqual([orders, stock]);
    expect(catalog.resourcesOf(ScopeSet.of('openid'))).toEqual([]);
  });

  it('RFC 8707 §2.2 limited to a resource, only its scopes and OpenID Connect’s stay', () => {
    const scope = ScopeSet.of('openid', 'orders:read', 'stock:read');
    expect(catalog.limitTo(scope, [stock]).toArray()).toEqual(['openid', 'stock:read']);
    expect(catalog.limitTo(scope, []).toArray()).toEqual(['openid']);
  });

  it('house: a scope is described to the person, OpenID Connect’s own by the page', () => {
    expect(catalog.describe('orders:place')).toBe('Place orders for you');
    expect(catalog.describe('openid')).toBeUndefined();
  });

  it('OIDC Discovery §3 lists every scope', () => {
    expect(catalog.scopeNames()).toEqual([
      ...['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
      ...['orders:read', 'orders:place', 'stock:read'],
    ]);
  });
});
