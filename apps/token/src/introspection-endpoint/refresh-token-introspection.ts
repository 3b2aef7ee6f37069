import { Environment, TokenFamily } from '@grantway/domain';
import { GrantType } from '@grantway/protocol';
import { TokenHolder, TokenHolders } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { IntrospectionCaller } from './introspection-callers.js';
import { RefreshToken, RefreshTokenReader } from './refresh-token-reader.js';
import { INACTIVE, Introspection, username } from './token-description.js';

/** What a refresh token is worth, for the client it was issued to and nobody else. */
@Injectable()
export class RefreshTokenIntrospection {
  constructor(
    private readonly tokens: RefreshTokenReader,
    private readonly holders: TokenHolders,
  ) {}

  /** Undefined when it is none of ours. */
  async read(
    caller: IntrospectionCaller,
    token: string,
    environment: Environment,
    issuer: string,
  ): Promise<{ body: Introspection; reason?: string } | undefined> {
    const found = await this.tokens.read(environment.id, token);
    if (!found) return undefined;
    const { subject, authentication, clientId } = found.family;
    if (caller.kind !== 'client' || clientId !== caller.id) return inactive('not_concerned');
    // As the token endpoint would answer it.
    const usable = [environment, caller.client].every(({ grantTypes }) => grantTypes.includes(GrantType.RefreshToken));
    if (!usable) return inactive('grant_not_allowed');
    const problem = problemOf(found);
    if (problem) return inactive(problem);
    const holder = await this.holders.of(environment, subject, { authentication });
    return typeof holder === 'string' ? inactive(holder) : { body: tell(found.family, holder, issuer) };
  }
}

function inactive(reason: string): { body: Introspection; reason: string } {
  return { body: INACTIVE, reason: `refresh_token.${reason}` };
}

function problemOf({ family, current }: RefreshToken): string | undefined {
  if (family.revoked) return 'revoked';
  if (family.expired) return 'expired';
  if (!family.sessionLive) return 'session_ended';
  return current ? undefined : 'superseded';
}

function tell(
  { scope, clientId, createdAt, authentication }: TokenFamily,
  holder: TokenHolder,
  iss: string,
): Introspection {
  return {
    active: true,
    scope: scope.toString(),
    client_id: clientId,
    ...username(holder.user),
    iss,
    sub: holder.subject.id,
    iat: seconds(createdAt),
    ...(authentication && {
      auth_time: seconds(authentication.time),
      acr: authentication.acr,
      sid: authentication.sessionId,
    }),
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
