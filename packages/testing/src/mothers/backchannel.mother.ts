import type { NewBackchannelRequest } from '@grantway/domain';

/** A till asks alice. */
export function aNewBackchannelRequest(overrides: Partial<NewBackchannelRequest> = {}): NewBackchannelRequest {
  return {
    environmentId: 'acme',
    clientId: 'till',
    userId: 'user-alice',
    scope: ['openid', 'orders:read'],
    resources: [],
    acrValues: [],
    delivery: 'poll',
    lifetime: 300,
    interval: 5,
    ...overrides,
  };
}

/** One that is told the outcome. Nothing is really sealed. */
export function aNewNotifiedRequest(overrides: Partial<NewBackchannelRequest> = {}): NewBackchannelRequest {
  return aNewBackchannelRequest({
    delivery: 'ping',
    sealedNotificationToken: 'sealed-token',
    seal: (authReqId) => `sealed-${authReqId}`,
    ...overrides,
  });
}
