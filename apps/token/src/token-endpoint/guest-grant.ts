import { GrantHandler, GrantOptions, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { encodeError, encodeIssuance, Manifest, manifestOf, readReply } from '@grantway/grant-sdk/contract';
import { OAuthError } from '@grantway/protocol';
import { LocalGrant } from './registered-grant.js';

/**
 * A team's class, loaded into this process by GRANTS. It is asked by a call, and what it says is read as from another process: its
 * module may have brought an sdk of its own, and nothing of it is believed more for being near.
 */
export class GuestGrant extends LocalGrant {
  override readonly remote = true;
  readonly manifest: Manifest;

  /** @throws UnservableGrant, Malformed when it could not be served from another process either */
  constructor(options: GrantOptions<object>, handler: GrantHandler<object>) {
    const manifest = manifestOf(options);
    super(options, { handle: (request) => asked(manifest, handler, request) });
    this.manifest = manifest;
  }

  override fault(error: Error): Error {
    return told(error);
  }
}

async function asked(
  manifest: Manifest,
  handler: GrantHandler<object>,
  request: TokenRequest<object>,
): Promise<Issuance> {
  try {
    return readReply(manifest, await answerOf(handler, request));
  } catch (error) {
    throw told(error);
  }
}

async function answerOf(handler: GrantHandler<object>, request: TokenRequest<object>): Promise<object> {
  try {
    return encodeIssuance(await handler.handle(request));
  } catch (error) {
    if (!OAuthError.is(error)) throw error;
    return encodeError(error);
  }
}

/** Its refusals are the client's; whatever else it throws is nobody's verdict. */
function told(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  return new OAuthError('temporarily_unavailable', { reason: 'grant.fault', retryAfter: 1, cause: error });
}
