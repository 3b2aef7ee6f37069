import { Authorizations, RefreshTokenCodec } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../token-endpoint/step.js';
import { TokenContext } from '../token-endpoint/token-context.js';
import { PushContext } from './push-context.js';

/** What was minted before is in use: there is nothing to push any more. */
export class AlreadyPushed extends Error {
  override readonly name = 'AlreadyPushed';
}

/**
 * A push that has to be repeated spends nothing: its authorization is there, its first refresh token can be derived again, and the
 * other tokens are signed anew (ADR 0003).
 */
@Injectable()
export class RecallMinted extends Step {
  constructor(
    private readonly authorizations: Authorizations,
    private readonly codec: RefreshTokenCodec,
  ) {
    super();
  }

  async run(context: TokenContext): Promise<void> {
    const authorizationId = context instanceof PushContext ? context.push.authorizationId : undefined;
    if (authorizationId === undefined) return;
    const { id: environmentId } = context.environment;
    const family = await this.authorizations.findFamily(environmentId, authorizationId);
    const isLive = await this.authorizations.isLive(environmentId, authorizationId);
    // A second first generation would look like a stolen one to whoever refreshed already (R5).
    if (family && family.generation > 0) throw new AlreadyPushed();
    // It ended before the client had anything of it (CIBA Core §12).
    if (!isLive) throw new OAuthError('invalid_grant', { reason: 'subject.authorization_ended' });
    const refreshToken = family && this.codec.format(authorizationId, family.salt, 0);
    context.recorded = { authorizationId, ...(refreshToken !== undefined && { refreshToken }) };
  }
}
