import { EventFields } from '@grantway/platform';
import { TokenContext } from './token-context.js';

/** Who asked for tokens, and about whom, as far as the pipeline got. */
export function askedBy({ client, grant, issuance }: TokenContext): EventFields {
  const { subject } = issuance?.authorization ?? {};
  return {
    client_id: client?.id,
    grant_type: grant?.options.type,
    // A client that asks for itself is named already.
    sub: subject === undefined || subject.kind === 'client' ? undefined : subject.id,
  };
}

/** The same, and what they were given. */
export function issuedTo(context: TokenContext): EventFields {
  return {
    ...askedBy(context),
    scope: context.reply.scope,
    authorization_id: context.recorded?.authorizationId,
    sid: context.issuance.authorization.authentication?.sessionId,
  };
}
