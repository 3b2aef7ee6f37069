import { AuthorizationCodeGrant } from './authorization-code/authorization-code.grant.js';
import { ClientCredentialsGrant } from './client-credentials/client-credentials.grant.js';
import { RefreshTokenGrant } from './refresh-token/refresh-token.grant.js';

/** The grants that live in the token service; a new one is a folder and a line here. */
export const GRANTS = [AuthorizationCodeGrant, RefreshTokenGrant, ClientCredentialsGrant] as const;

export * from './authorization-code/authorization-code.grant.js';
export * from './client-credentials/client-credentials.grant.js';
export * from './refresh-token/refresh-token.grant.js';
