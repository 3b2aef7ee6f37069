import { timingSafeEqual } from 'node:crypto';
import { AuthorizationCode, AuthorizationCodes, Authorizations, isRace } from '@grantway/domain';
import { Grant, GrantHandler, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { codeChallenge, ErrorSubject, GrantType, isPkceValue, OAuthError } from '@grantway/protocol';
import { AuthorizationCodeParams } from './authorization-code.params.js';

type Request = TokenRequest<AuthorizationCodeParams>;

/**
 * A client redeems the code its user's browser brought back.
 *
 * @see RFC 6749 §4.1.3 (the request), §4.1.2 and §10.5 (one use); RFC 7636 §4.6 (the verifier)
 */
@Grant({
  type: GrantType.AuthorizationCode,
  params: AuthorizationCodeParams,
  slug: 'authorization-code',
  clients: 'any',
})
export class AuthorizationCodeGrant implements GrantHandler<AuthorizationCodeParams> {
  constructor(
    private readonly codes: AuthorizationCodes,
    private readonly authorizations: Authorizations,
  ) {}

  async handle(request: Request): Promise<Issuance> {
    const { client, environment, params } = request;
    const code = await this.codes.find(environment.id, params.code);
    // House rule: "no such code" and "not your code" look the same from outside, and neither has an effect (CO-04).
    if (code?.clientId !== client.id) throw refused('authorization_code.unknown');
    await this.#requireUnspent(code, request);
    // RFC 6749 §4.1.3: identical if it was sent, and not to be invented if it was not.
    if (code.redirectUri !== params.redirect_uri) throw refused('authorization_code.redirect_uri');
    await this.#requireVerifier(code, params.code_verifier);
    return {
      authorization: code.authorization,
      spend: { authorizationCode: code.id },
      refreshToken: true,
      ...(code.nonce !== undefined && { nonce: code.nonce }),
    };
  }

  async #requireUnspent(code: AuthorizationCode, { environment, arrivedAt }: Request): Promise<void> {
    switch (code.state.kind) {
      case 'live':
        return;
      case 'expired':
        throw refused('authorization_code.expired');
      case 'guessed': // House rule: five wrong verifiers (A14).
        throw refused('authorization_code.guessed_too_often');
      case 'spent':
        if (isRace(code.state.ago, arrivedAt)) throw refused('authorization_code.lost_race');
        // §4.1.2: a code used twice may be stolen, so what came of it ends. Written here, outside the spending.
        await this.authorizations.revoke(environment.id, code.state.authorizationId);
        throw refused('authorization_code.replayed', {
          sub: code.authorization.subject.id,
          authorization_id: code.state.authorizationId,
        });
    }
  }

  async #requireVerifier(code: AuthorizationCode, verifier: string | undefined): Promise<void> {
    const { codeChallenge: challenge, codeChallengeMethod: method = 'S256' } = code;
    // RFC 9700 §4.8.2: a verifier where no challenge was made means that somebody stripped the challenge.
    if (challenge === undefined && verifier !== undefined)
      throw refused('authorization_code.verifier_without_challenge');
    if (challenge === undefined) return;
    if (verifier === undefined) throw refused('authorization_code.verifier_missing');
    if (isPkceValue(verifier) && sameText(codeChallenge(verifier, method), challenge)) return;
    await this.codes.countFailure(code.id);
    throw refused('authorization_code.wrong_verifier');
  }
}

function refused(reason: string, about?: ErrorSubject): OAuthError {
  return new OAuthError('invalid_grant', { reason, description: 'the code is not valid', ...(about && { about }) });
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
