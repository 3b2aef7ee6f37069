import { isPublic } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** RFC 6749 §5.2: the authenticated client must have this grant type, and be of the kind the grant is for. */
@Injectable()
export class AllowGrantType extends Step {
  run({ client, grant }: TokenContext): void {
    const kindFits = grant.options.clients !== 'confidential' || !isPublic(client);
    if (!client.grantTypes.includes(grant.options.type) || !kindFits) {
      throw new OAuthError('unauthorized_client', { description: 'the client may not use this grant_type' });
    }
  }
}
