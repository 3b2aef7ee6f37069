import { randomBytes } from 'node:crypto';
import type {
  Authentication,
  Authorization,
  AuthorizationRequest,
  NewAuthorization,
  NewAuthorizationCode,
  NewFlow,
  NewSession,
  NewTokenFamily,
} from '@grantway/domain';
import { Acr, Amr, ScopeSet } from '@grantway/protocol';

export function anAuthentication(overrides: Partial<Authentication> = {}): Authentication {
  return {
    time: new Date('2026-11-01T10:00:00Z'),
    acr: Acr.SingleFactor,
    amr: [Amr.Password],
    sessionId: '01a1f000-0000-7000-8000-000000000001',
    ...overrides,
  };
}

/** A user's, through a sign-on. */
export function anAuthorization(overrides: Partial<Authorization> = {}): Authorization {
  return {
    subject: { kind: 'user', id: 'user-alice' },
    scope: ScopeSet.of('openid', 'offline_access', 'orders:read'),
    resources: [],
    authentication: anAuthentication(),
    ...overrides,
  };
}

export function aTokenFamily(overrides: Partial<NewTokenFamily> = {}): NewTokenFamily {
  return { salt: randomBytes(16), idle: 3600, absolute: 86_400, ...overrides };
}

/** Offline, with refresh tokens. */
export function aNewAuthorization(overrides: Partial<NewAuthorization> = {}): NewAuthorization {
  return {
    environmentId: 'acme',
    clientId: 'shop',
    authorization: anAuthorization(),
    offline: true,
    family: aTokenFamily(),
    ...overrides,
  };
}

export function aNewCode(overrides: Partial<NewAuthorizationCode> = {}): NewAuthorizationCode {
  return {
    environmentId: 'acme',
    clientId: 'shop',
    authorization: anAuthorization(),
    redirectUri: 'https://shop.example/callback',
    lifetime: 60,
    ...overrides,
  };
}

export function anAuthorizationRequest(overrides: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  return {
    clientId: 'shop',
    redirectUri: 'https://shop.example/callback',
    redirectUriSent: true,
    responseType: 'code',
    responseMode: 'query',
    scope: ['openid', 'orders:read'],
    resources: [],
    state: 'state-1',
    prompts: [],
    ...overrides,
  };
}

export function aNewFlow(overrides: Partial<NewFlow> = {}): NewFlow {
  return {
    environmentId: 'acme',
    status: 'USERNAME_PASSWORD_REQUIRED',
    purpose: { kind: 'authorize', request: anAuthorizationRequest() },
    browserHash: randomBytes(32),
    lifetime: 900,
    ...overrides,
  };
}

export function aNewSession(overrides: Partial<NewSession> = {}): NewSession {
  return {
    environmentId: 'acme',
    userId: 'user-alice',
    acr: Acr.SingleFactor,
    amr: [Amr.Password],
    idle: 28_800,
    absolute: 86_400,
    ...overrides,
  };
}
