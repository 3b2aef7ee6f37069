import { signingAlgorithms } from '@grantway/client-auth';
import { Authorizations, BackchannelRequests, isRace, UserDirectory } from '@grantway/domain';
import { Grant, GrantHandler, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { GrantType, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { CibaParams } from './ciba.params.js';

/**
 * Backchannel token request: a client polls, or was pinged, while a person decides on a page of their own.
 *
 * @see CIBA Core §10.1 (the request), §11 (the answers)
 */
@Injectable()
@Grant({
  type: GrantType.Ciba,
  params: CibaParams,
  clients: 'confidential',
  slug: 'ciba',
  spends: 'backchannelRequest',
  metadata: {
    paths: { backchannel_authentication_endpoint: '/bc-authorize' },
    values: {
      backchannel_token_delivery_modes_supported: ['poll', 'ping', 'push'],
      backchannel_user_code_parameter_supported: true,
      backchannel_authentication_request_signing_alg_values_supported: signingAlgorithms('backchannel_request'),
    },
  },
})
export class CibaGrant implements GrantHandler<CibaParams> {
  constructor(
    private readonly requests: BackchannelRequests,
    private readonly authorizations: Authorizations,
    private readonly users: UserDirectory,
  ) {}

  async handle({ environment, client, params, arrivedAt }: TokenRequest<CibaParams>): Promise<Issuance> {
    const poll = await this.requests.poll(environment.id, params.auth_req_id, client.id);

    switch (poll.state) {
      case 'unknown': // House rule: "no such request" and "not your request" look the same from outside.
        throw refused('backchannel.unknown');
      case 'push': // §11: its tokens are brought to it.
        throw new OAuthError('unauthorized_client', { description: 'a push client does not poll' });
      case 'expired':
        throw new OAuthError('expired_token', { description: 'nobody decided in time' });
      case 'denied':
        throw new OAuthError('access_denied', { description: 'the user said no' });
      case 'pending': // §11: slow_down outlives this reply; the store keeps the widened interval.
        throw new OAuthError(poll.tooSoon ? 'slow_down' : 'authorization_pending');
      case 'spent':
        if (isRace(poll.ago, arrivedAt)) throw refused('backchannel.lost_race');
        // Design section 4.2: an auth_req_id used twice may be stolen, so what came of it ends.
        await this.authorizations.revoke(environment.id, poll.authorizationId);
        throw refused('backchannel.replayed');
      case 'approved': {
        const { subject } = poll.authorization;
        // CB-05: locked since the approval.
        const user = await this.users.find(environment.id, subject.id);
        if (user?.status !== 'active') throw new OAuthError('access_denied', { reason: 'backchannel.user_locked' });
        // House rule: the pipeline spends the request; of two racing polls it lets one through.
        return { authorization: poll.authorization, spend: { backchannelRequest: poll.id }, refreshToken: true };
      }
    }
  }
}

function refused(reason: string): OAuthError {
  return new OAuthError('invalid_grant', { reason, description: 'auth_req_id is not valid' });
}
