import { AuthorizationCodeGrant } from './authorization-code/authorization-code.grant.js';
import { ClientCredentialsGrant } from './client-credentials/client-credentials.grant.js';
import { PasswordGrant } from './password/password.grant.js';
import { RefreshTokenGrant } from './refresh-token/refresh-token.grant.js';
import { ServiceTokenGrant } from './service-token/service-token.grant.js';
import { TokenExchangeGrant } from './token-exchange/token-exchange.grant.js';

/** The grants that live in the token service unless GRANTS says otherwise; a new one is a folder and a line here. */
export const GRANTS = [
  AuthorizationCodeGrant,
  RefreshTokenGrant,
  ClientCredentialsGrant,
  PasswordGrant,
  TokenExchangeGrant,
  ServiceTokenGrant,
] as const;
