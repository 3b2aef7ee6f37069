import { Authorizations, isRace, parseRefreshToken, RefreshTokenCodec, TokenFamily } from '@grantway/domain';
import { Grant, GrantHandler, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { GrantType, OAuthError } from '@grantway/protocol';
import { RefreshTokenParams } from './refresh-token.params.js';

type Request = TokenRequest<RefreshTokenParams>;

/**
 * A client replaces its refresh token by the next generation of the same family.
 *
 * @see RFC 6749 §6 (the request); RFC 9700 §4.14.2 (rotation and reuse)
 */
@Grant({ type: GrantType.RefreshToken, params: RefreshTokenParams, slug: 'refresh-token', clients: 'any' })
export class RefreshTokenGrant implements GrantHandler<RefreshTokenParams> {
  constructor(
    private readonly authorizations: Authorizations,
    private readonly codec: RefreshTokenCodec,
  ) {}

  async handle(request: Request): Promise<Issuance> {
    const { client, environment, params } = request;
    const presented = parseRefreshToken(params.refresh_token);
    const family = presented && (await this.authorizations.findFamily(environment.id, presented.authorizationId));
    if (!presented || !family || !this.codec.matches(presented, family.salt)) throw refused('refresh_token.unknown');
    // House rule: another client's token looks like no token, and trying it has no effect (RT-04).
    if (family.clientId !== client.id) throw refused('refresh_token.unknown');
    requireAlive(family);

    const grace = client.refresh.grace ?? environment.lifetimes.refreshGrace;
    const age = family.generation - presented.generation;
    if (age > 0) await this.#requireRetry(age, grace, family, request);
    if (age < 0) throw refused('refresh_token.unknown');
    return {
      authorization: family,
      spend: { refreshToken: { family, generation: presented.generation, grace } },
      refreshToken: true,
    };
  }

  /** A superseded token is a retry (fine), a race (refused) or a theft (the family ends). */
  async #requireRetry(age: number, grace: number, family: TokenFamily, request: Request): Promise<void> {
    const superseded = age === 1 ? family.sinceRotation : Number.POSITIVE_INFINITY;
    // House rule: the reply was lost, so the same successor is derived again; using the successor closes the window (R4).
    if (superseded < grace * 1_000) return;
    if (isRace(superseded, request.arrivedAt)) throw refused('refresh_token.lost_race');
    if (request.client.refresh.onReuse === 'revoke_family') {
      // RFC 9700 §4.14.2. Written here, outside the spending, so that it stays.
      await this.authorizations.revoke(request.environment.id, family.id);
    }
    throw refused('refresh_token.reused', family);
  }
}

function requireAlive(family: TokenFamily): void {
  if (family.revoked) throw refused('refresh_token.revoked', family);
  if (family.expired) throw refused('refresh_token.expired', family);
  if (!family.sessionLive) throw refused('refresh_token.session_ended', family);
}

/** @param family of which the client had a real token */
function refused(reason: string, family?: TokenFamily): OAuthError {
  const about = family && { about: { sub: family.subject.id, authorization_id: family.id } };
  return new OAuthError('invalid_grant', { reason, description: 'the refresh token is not valid', ...about });
}
