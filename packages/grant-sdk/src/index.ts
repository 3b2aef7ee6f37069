// All that a team imports; the other side of the wire is in ./contract, what proves a grant in ./testing.
export {
  type Authentication,
  type Authorization,
  type Client,
  type Environment,
  isRace,
  type Resource,
  ResourceCatalog,
  type Subject,
} from '@grantway/domain';
export type { ReadinessCheck } from '@grantway/platform';
export {
  type ActClaim,
  GrantType,
  OAUTH_ERRORS,
  OAuthError,
  type OAuthErrorCode,
  ScopeSet,
  TokenType,
} from '@grantway/protocol';
export * from './grant.decorator.js';
export * from './grant-handler.js';
export * from './issuance.js';
export { OptionalParam, Param } from './params.js';
export * from './remote/remote-grant.js';
export * from './serve/serve-grant.js';
