import { timingSafeEqual } from 'node:crypto';
import { Authorizations, DeviceAuthorizations, isRace } from '@grantway/domain';
import { Grant, GrantHandler, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { codeChallenge, GrantType, isPkceValue, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { DeviceCodeParams } from './device-code.params.js';

/**
 * Device access token request: a device polls while its user decides in a browser elsewhere.
 *
 * @see RFC 8628 §3.4 (the request), §3.5 (the answers)
 */
@Injectable()
@Grant({
  type: GrantType.DeviceCode,
  params: DeviceCodeParams,
  clients: 'any',
  slug: 'device-code',
  spends: 'deviceCode',
  metadata: { paths: { device_authorization_endpoint: '/device_authorization' } },
})
export class DeviceCodeGrant implements GrantHandler<DeviceCodeParams> {
  constructor(
    private readonly devices: DeviceAuthorizations,
    private readonly authorizations: Authorizations,
  ) {}

  async handle({ environment, client, params, arrivedAt }: TokenRequest<DeviceCodeParams>): Promise<Issuance> {
    const poll = await this.devices.poll(environment.id, params.device_code, client.id);

    switch (poll.state) {
      case 'unknown': // House rule: "no such code" and "not your code" look the same from outside.
        throw refused('device_code.unknown');
      case 'expired':
        throw new OAuthError('expired_token', { description: 'nobody decided in time' });
      case 'denied':
        throw new OAuthError('access_denied', { description: 'the user said no' });
      case 'pending': // §3.5: slow_down outlives this reply; the store keeps the widened interval.
        throw new OAuthError(poll.tooSoon ? 'slow_down' : 'authorization_pending');
      case 'spent':
        if (isRace(poll.ago, arrivedAt)) throw refused('device_code.lost_race');
        // Design section 4.2: a code used twice may be stolen, so what came of it ends.
        await this.authorizations.revoke(environment.id, poll.authorizationId);
        throw refused('device_code.replayed');
      case 'approved': // House rule: the pipeline spends the code; of two racing polls it lets one through.
        requireVerifier(poll.codeChallenge, params.code_verifier);
        return {
          authorization: poll.authorization,
          spend: { deviceCode: poll.id },
          refreshToken: client.device.refresh,
        };
    }
  }
}

/** DV-08, RFC 7636 §4.6: whoever took the code from a screen or a log has no verifier. */
function requireVerifier(challenge: string | undefined, verifier: string | undefined): void {
  if (challenge === undefined && verifier === undefined) return;
  // RFC 9700 §4.8.2: a verifier where no challenge was made means that somebody stripped the challenge.
  if (challenge === undefined) throw refused('device_code.verifier_without_challenge');
  if (verifier === undefined) throw refused('device_code.verifier_missing');
  if (!isPkceValue(verifier) || !sameText(codeChallenge(verifier, 'S256'), challenge)) {
    throw refused('device_code.wrong_verifier');
  }
}

function refused(reason: string): OAuthError {
  return new OAuthError('invalid_grant', { reason, description: 'the device code is not valid' });
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
