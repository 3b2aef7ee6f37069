import { Client, isPublic } from '@grantway/domain';
import { ClientAuthMethod } from '@grantway/protocol';
import { ClientAuthMethodHandler, ClientAuthRequest, ClientClaim, ClientProof, PROVEN, unproven } from '../method.js';

/** A public client only names itself (RFC 6749 §3.2.1). */
export class NoneMethod extends ClientAuthMethodHandler {
  readonly method = ClientAuthMethod.None;

  read(request: ClientAuthRequest): ClientClaim | undefined {
    const { clientId, authorization, clientSecret, clientAssertion, clientAssertionType } = request;
    const given = authorization ?? clientSecret ?? clientAssertion ?? clientAssertionType;
    return clientId !== undefined && given === undefined ? { clientId } : undefined;
  }

  async verify(client: Client): Promise<ClientProof> {
    return isPublic(client) ? PROVEN : unproven('other_method_registered');
  }
}
