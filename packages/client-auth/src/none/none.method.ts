import { Client, isPublic } from '@grantway/domain';
import { ClientAuthMethod } from '@grantway/protocol';
import { ClientAuthMethodHandler, ClientAuthRequest, ClientClaim } from '../method.js';

/** A public client only names itself (RFC 6749 §3.2.1). */
export class NoneMethod extends ClientAuthMethodHandler {
  readonly method = ClientAuthMethod.None;

  read({ authorization, clientId, clientSecret, clientAssertion }: ClientAuthRequest): ClientClaim | undefined {
    const provesNothing = [authorization, clientSecret, clientAssertion].every((proof) => proof === undefined);
    return clientId !== undefined && provesNothing ? { clientId } : undefined;
  }

  async verify(client: Client): Promise<boolean> {
    return isPublic(client);
  }
}
