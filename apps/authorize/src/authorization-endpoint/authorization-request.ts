import { AuthorizationRequest } from '@grantway/domain';
import { AuthorizeContext } from './authorize-context.js';

/** What every check has passed, as plain data that a flow can carry. */
export function requestOf(context: AuthorizeContext): AuthorizationRequest {
  const { client, params, pushed, redirectUri, state, codeChallenge, codeChallengeMethod } = context;
  const { maxAge, loginHint, hintedSubject } = context;
  const nonce = params.get('nonce');
  return {
    clientId: client.id,
    ...(redirectUri !== undefined && { redirectUri }),
    redirectUriSent: params.has('redirect_uri'),
    responseType: context.responseType,
    responseMode: context.responseMode,
    scope: context.scope.toArray(),
    resources: context.resources,
    prompts: context.prompts,
    ...(state !== undefined && { state }),
    ...(nonce !== undefined && { nonce }),
    ...(codeChallenge !== undefined && { codeChallenge }),
    ...(codeChallengeMethod !== undefined && { codeChallengeMethod }),
    ...(maxAge !== undefined && { maxAge }),
    ...(loginHint !== undefined && { loginHint }),
    ...(hintedSubject !== undefined && { hintedSubject }),
    ...(pushed && { pushedRequestId: pushed.id }),
  };
}
