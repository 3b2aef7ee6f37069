import { GrantHandler, GrantOptions, Issuance } from '@grantway/grant-sdk';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { LocalGrant } from './registered-grant.js';

/** A team's class, loaded into this process by GRANTS: asked by a call, and believed and answered for as one of another process. */
export class GuestGrant extends LocalGrant {
  override readonly remote = true;

  constructor(options: GrantOptions<object>, handler: GrantHandler<object>) {
    super(options, {
      handle: async (request) => {
        try {
          return ours(await handler.handle(request));
        } catch (error) {
          throw told(error);
        }
      },
    });
  }

  override fault(error: Error): Error {
    return told(error);
  }
}

/** Its module may have brought a protocol package of its own, whose scopes are of another class. */
function ours(issuance: Issuance): Issuance {
  const { authorization } = issuance;
  if (authorization.scope instanceof ScopeSet) return issuance;
  return { ...issuance, authorization: { ...authorization, scope: ScopeSet.from(authorization.scope) } };
}

/** Its refusals are the client's; whatever else it throws is nobody's verdict. */
function told(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  if (OAuthError.is(error)) return new OAuthError(error.code, error.detail);
  return new OAuthError('temporarily_unavailable', { reason: 'grant.fault', retryAfter: 1, cause: error });
}
