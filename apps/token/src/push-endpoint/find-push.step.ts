import { BackchannelRequests, Clients, isPublic, Resources } from '@grantway/domain';
import { GrantType, OAuthError } from '@grantway/protocol';
import { leftHalfHash } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { Step } from '../token-endpoint/step.js';
import { TokenContext } from '../token-endpoint/token-context.js';
import { PushContext } from './push-context.js';

/** Instead of a client that authenticates and a grant that decides: the approved request, and the client it names (ADR 0003). */
@Injectable()
export class FindPush extends Step {
  constructor(
    private readonly requests: BackchannelRequests,
    private readonly clients: Clients,
    private readonly resources: Resources,
  ) {
    super();
  }

  async run(context: TokenContext): Promise<void> {
    if (!(context instanceof PushContext)) throw new Error('this is no push');
    const { environment, authReqId } = context;
    const push = await this.requests.approvedPush(environment.id, authReqId);
    if (!push) throw new OAuthError('invalid_grant', { reason: 'push.not_approved' });
    const client = await this.clients.find(environment.id, push.clientId);
    const allowed = [environment, client].every((each) => each?.enabled && each.grantTypes.includes(GrantType.Ciba));
    if (!client || !allowed || isPublic(client)) throw new OAuthError('unauthorized_client', { reason: 'push.client' });
    context.push = push;
    context.client = client;
    context.catalog = await this.resources.catalog(environment.id);
    context.issuance = {
      authorization: push.authorization,
      spend: { backchannelRequest: push.id },
      refreshToken: true,
    };
    // CIBA Core §10.3.1: what is pushed is tied together, so that nobody can put other tokens in.
    context.idTokenClaims = (refreshToken) => ({
      'urn:openid:params:jwt:claim:auth_req_id': authReqId,
      ...(refreshToken !== undefined && { 'urn:openid:params:jwt:claim:rt_hash': leftHalfHash(refreshToken) }),
    });
  }
}
