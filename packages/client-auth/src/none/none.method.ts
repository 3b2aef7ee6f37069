import { Client, isPublic } from '@grantway/domain';
import { ClientAuthMethod } from '@grantway/protocol';
import { ClientAuthMethodHandler, ClientAuthRequest, ClientClaim } from '../method.js';

/** A public client only names itself (RFC 6749 §3.2.1). */
export class NoneMethod extends ClientAuthMethodHandler {
  readonly method = ClientAuthMethod.None;

  read({ authorization, clientId, clientSecret }: ClientAuthRequest): ClientClaim | undefined {
    const namesItself = clientId !== undefined && clientSecret === undefined && authorization === undefined;
    return namesItself ? { clientId } : undefined;
  }

  async verify(client: Client): Promise<boolean> {
    return isPublic(client);
  }
}
