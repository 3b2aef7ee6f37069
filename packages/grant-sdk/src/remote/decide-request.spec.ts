import {
  DEFAULT_CLIENT_POLICIES,
  DEFAULT_ENVIRONMENT_POLICIES,
  DEFAULT_LIFETIMES,
  NO_LEGACY,
  ResourceCatalog,
} from '@grantway/domain';
import { ClientAuthMethod, ScopeSet } from '@grantway/protocol';
import { Length } from 'class-validator';
import type { TokenRequest } from '../grant-handler.js';
import { Param } from '../params.js';
import { type DecideMessage, decodeRequest, encodeRequest } from './decide-request.js';

class TicketParams {
  // A rule beyond what a manifest can say.
  @Length(3, 8, { message: 'ticket has three letters' })
  @Param({ max: 8 })
  readonly ticket!: string;
}

const CANARY = 'canary-7f3a9c';
const request: TokenRequest<object> = {
  environment: {
    ...{ id: 'acme', name: 'Acme', enabled: true, grantTypes: ['urn:example:ticket'], pkce: 'public' },
    ...{ signing: { idToken: 'RS256', accessToken: 'ES256' }, lifetimes: DEFAULT_LIFETIMES },
    ...{ passwordChangeEndsRefresh: true, ...DEFAULT_ENVIRONMENT_POLICIES },
    accounts: { recovery: true, registration: false, messagesUrl: `https://mail.example/${CANARY}` },
  },
  client: {
    ...{ environmentId: 'acme', id: 'shop', name: 'Shop', enabled: true, authMethod: ClientAuthMethod.SecretBasic },
    ...{ secretHashes: [CANARY], sealedSecret: CANARY, grantTypes: ['urn:example:ticket'], responseTypes: [] },
    ...{ redirectUris: [], allowedOrigins: [], scopes: ['orders:read'], defaultScopes: [], trusted: false },
    ...{ pkceRequired: false, refresh: { onReuse: 'revoke_family', withoutOfflineAccess: false } },
    ...{ multipleResources: false, legacy: NO_LEGACY, ...DEFAULT_CLIENT_POLICIES },
  },
  params: { ticket: 'abc' },
  catalog: new ResourceCatalog([
    {
      ...{ environmentId: 'acme', name: 'orders', audience: 'https://orders.example', accessTokenFormat: 'jwt' },
      scopes: [{ name: 'orders:read', description: 'See orders', userOnly: false }],
      introspectionSecretHashes: [CANARY],
    },
  ]),
  requestedScope: ScopeSet.of('orders:read'),
  requestedResources: ['https://orders.example'],
  arrivedAt: 12.5,
  ip: '192.0.2.1',
} as TokenRequest<object>;
const frame = { requestId: 'request-1', deadline: 1 };
const overWire = (message: DecideMessage): DecideMessage => JSON.parse(JSON.stringify(message));

describe('question to a grant service, design section 5', () => {
  it('house: a grant gets the same as in the token service', () => {
    const decoded = decodeRequest(TicketParams, overWire(encodeRequest(request, frame)));
    expect(decoded.params).toBeInstanceOf(TicketParams);
    expect(decoded.params).toEqual({ ticket: 'abc' });
    expect(decoded).toMatchObject({
      client: { id: 'shop', scopes: ['orders:read'], device: { refresh: false } },
      environment: { id: 'acme', lifetimes: { deviceCode: 600 }, userCode: { length: 8 } },
      requestedResources: ['https://orders.example'],
      arrivedAt: 13,
      ip: '192.0.2.1',
    });
    expect(decoded.requestedScope?.toArray()).toEqual(['orders:read']);
    expect(decoded.catalog.byAudience('https://orders.example')?.name).toBe('orders');
  });

  it('HT-06 nothing secret crosses', () => {
    const message = JSON.stringify(encodeRequest(request, frame));
    expect(message).not.toContain(CANARY);
    expect(message).not.toMatch(/secretHashes|sealedSecret|SecretHashes|messagesUrl/);
    expect(decodeRequest(TicketParams, JSON.parse(message)).client.secretHashes).toEqual([]);
  });

  it('house: what was not asked is not there', () => {
    const { requestedScope: _scope, ...without } = request;
    expect(decodeRequest(TicketParams, overWire(encodeRequest(without, frame)))).not.toHaveProperty('requestedScope');
  });

  it('house: it travels in the trace of its request', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    expect(encodeRequest(request, { ...frame, traceparent })).toMatchObject({ ...frame, traceparent });
  });

  it('RFC 6749 §5.2 the class has the last word on its parameters', () => {
    const message = encodeRequest({ ...request, params: { ticket: 'a' } }, frame);
    expect(() => decodeRequest(TicketParams, message)).toThrow(
      expect.objectContaining({ code: 'invalid_request', detail: { description: 'ticket has three letters' } }),
    );
  });

  it('house: a scope nobody could ask for is no question', () => {
    const message = { ...encodeRequest(request, frame), requestedScope: 'a"b' };
    expect(() => decodeRequest(TicketParams, message)).toThrow('requestedScope is malformed');
  });
});
