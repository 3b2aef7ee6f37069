import { GrantType, ScopeSet } from '@grantway/protocol';
import { aClient, anEnvironment, aResource } from '@grantway/testing';
import type { Client } from './client.js';
import { ResourceCatalog } from './resource.js';
import { requestedScope, withoutOffline } from './scope-request.js';

const stock = aResource({
  name: 'stock',
  audience: 'https://stock.example',
  scopes: [{ name: 'stock:read', description: '', userOnly: false }],
});
const catalog = new ResourceCatalog([aResource(), stock]);
const client = aClient({ scopes: ['openid', 'offline_access', 'orders:read', 'stock:read', 'gone:read'] });
const ORDERS = 'https://orders.example';

interface Asked {
  readonly scope?: string;
  readonly resources?: readonly string[];
  readonly by?: Partial<Client>;
  readonly grantTypes?: readonly string[];
}

const ask = ({ scope, resources = [], by = {}, grantTypes = anEnvironment().grantTypes }: Asked) =>
  requestedScope({ ...client, ...by }, anEnvironment({ grantTypes }), catalog, scope, resources).toArray();

function refusal(asked: Asked): unknown {
  try {
    return ask(asked);
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe('requestedScope', () => {
  it.each<[string, Asked, string[]]>([
    ['RFC 6749 §3.3 what is registered', { scope: 'openid orders:read' }, ['openid', 'orders:read']],
    ['RFC 6749 §3.3 the default where none is named', { by: { defaultScopes: ['openid'] } }, ['openid']],
    [
      'OIDC Core §11 offline_access where a refresh token may come of it',
      { scope: 'openid offline_access' },
      ['openid', 'offline_access'],
    ],
    [
      'OIDC Core §11 no offline_access without the client’s refresh grant',
      { scope: 'openid offline_access', by: { grantTypes: [GrantType.AuthorizationCode] } },
      ['openid'],
    ],
    [
      'OIDC Core §11 no offline_access without the environment’s',
      { scope: 'openid offline_access', grantTypes: [GrantType.AuthorizationCode] },
      ['openid'],
    ],
    ['X10 the resource of its scopes', { scope: 'orders:read', resources: [ORDERS] }, ['orders:read']],
    [
      'X9 several resources for a client that may',
      { scope: 'orders:read stock:read', by: { multipleResources: true } },
      ['orders:read', 'stock:read'],
    ],
  ])('%s', (_rule, asked, expected) => {
    expect(ask(asked)).toEqual(expected);
  });

  it.each<[string, Asked, string]>([
    ['A5 none, and no default', {}, 'invalid_scope'],
    ['A5 only spaces', { scope: '  ' }, 'invalid_scope'],
    ['A5 malformed', { scope: 'open"id' }, 'invalid_scope'],
    ['A5 not the client’s', { scope: 'openid profile' }, 'invalid_scope'],
    ['A5 the client’s, but of no resource any more', { scope: 'gone:read' }, 'invalid_scope'],
    [
      'A5 nothing beside a useless offline_access',
      { scope: 'offline_access', by: { grantTypes: [] } },
      'invalid_scope',
    ],
    ['X9 several resources', { scope: 'orders:read stock:read' }, 'invalid_scope'],
    ['X10 an unknown resource', { scope: 'orders:read', resources: ['https://nobody.example'] }, 'invalid_target'],
    ['X10 a scope of another resource', { scope: 'stock:read', resources: [ORDERS] }, 'invalid_target'],
    ['X10 a resource without a scope', { scope: 'openid', resources: [ORDERS] }, 'invalid_target'],
  ])('%s', (_rule, asked, code) => {
    expect(refusal(asked)).toBe(code);
  });
});

describe('withoutOffline', () => {
  it('OIDC Core §11 leaves the rest, and refuses where there is none', () => {
    expect(withoutOffline(ScopeSet.of('openid', 'offline_access')).toArray()).toEqual(['openid']);
    expect(withoutOffline(ScopeSet.of('openid')).toArray()).toEqual(['openid']);
    expect(() => withoutOffline(ScopeSet.of('offline_access'))).toThrow('nothing is left');
  });
});
