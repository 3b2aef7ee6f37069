import { createHash, timingSafeEqual } from 'node:crypto';
import {
  DateInterval,
  type GrantIdentifier,
  generateRandomToken,
  guardAgainstInvalidClientScopes,
  type OAuthAuthCode,
  type OAuthAuthCodeRepository,
  type OAuthClient,
  type OAuthClientRepository,
  OAuthException,
  type OAuthScope,
  type OAuthScopeRepository,
  type OAuthToken,
  type OAuthTokenRepository,
  type OAuthUser,
} from '@jmondi/oauth2-server';
import { type BenchClient, everyNumber, MACHINE, SCOPES, WEB, web } from '../../installation.js';

/** All that the library keeps, in one place or another. */
export interface Store {
  readonly clients: OAuthClientRepository;
  readonly scopes: OAuthScopeRepository;
  readonly codes: OAuthAuthCodeRepository;
  readonly tokens: OAuthTokenRepository;
}

export type StoredCode = OAuthAuthCode & { revoked: boolean };
export type StoredToken = OAuthToken & { revoked: boolean };

export const ALL_SCOPES = [...new Set([...WEB.scope.split(' '), SCOPES.es256, SCOPES.rs256])];

export const CLIENTS: readonly OAuthClient[] = [
  client(MACHINE, ['client_credentials'], [SCOPES.es256, SCOPES.rs256]),
  ...everyNumber.map((n) => client(web(n), ['authorization_code', 'refresh_token'], WEB.scope.split(' '))),
];

const ACCESS_TOKEN_LIFE = new DateInterval('1h');
const REFRESH_TOKEN_LIFE = new DateInterval('14d');
const CODE_LIFE = new DateInterval('10m');

export function newCode(client: OAuthClient, user: OAuthUser | undefined, scopes: OAuthScope[]): StoredCode {
  const expiresAt = CODE_LIFE.getEndDate();
  return { code: generateRandomToken(), expiresAt, client, user: user ?? null, scopes, revoked: false };
}

/** With its refresh token at once, where one will be asked for: so it is written once and not twice. */
export function newToken(client: OAuthClient, scopes: OAuthScope[], user?: OAuthUser | null): StoredToken {
  const isRefreshed = user && client.allowedGrants.includes('refresh_token');
  return {
    accessToken: generateRandomToken(),
    accessTokenExpiresAt: ACCESS_TOKEN_LIFE.getEndDate(),
    refreshToken: isRefreshed ? generateRandomToken() : null,
    refreshTokenExpiresAt: isRefreshed ? REFRESH_TOKEN_LIFE.getEndDate() : null,
    ...{ client, scopes, user: user ?? null, revoked: false },
  };
}

/** Whether the client may use this grant, and the secret is its own. */
export function isValid(grant: GrantIdentifier, { allowedGrants, secret }: OAuthClient, given = ''): boolean {
  return allowedGrants.includes(grant) && timingSafeEqual(Buffer.from(secret ?? ''), Buffer.from(digestOf(given)));
}

export function finalized(scopes: OAuthScope[], client: OAuthClient): OAuthScope[] {
  guardAgainstInvalidClientScopes(client, scopes);
  return scopes;
}

/** @throws OAuthException when it was used before: of two requests at once only one may have it */
export function firstUse(changed: boolean): void {
  if (!changed) throw OAuthException.invalidGrant('already used');
}

export function found<Entity>(entity: Entity | undefined, parameter: string): Entity {
  if (entity === undefined) throw OAuthException.invalidParameter(parameter, 'unknown');
  return entity;
}

function client({ id, secret }: BenchClient, allowedGrants: GrantIdentifier[], scopes: string[]): OAuthClient {
  return {
    ...{ id, name: id, secret: digestOf(secret), allowedGrants, scopes: scopes.map((name) => ({ name })) },
    redirectUris: allowedGrants.includes('authorization_code') ? [WEB.redirectUri] : [],
  };
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
