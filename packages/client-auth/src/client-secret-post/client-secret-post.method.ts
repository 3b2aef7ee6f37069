import { Client } from '@grantway/domain';
import { ClientAuthMethod } from '@grantway/protocol';
import { ClientSecretHasher } from '../client-secret-hasher.js';
import { ClientAuthMethodHandler, ClientAuthRequest, ClientClaim, ClientProof, PROVEN, unproven } from '../method.js';

/** Both credentials in the body (RFC 6749 §2.3.1). */
export class ClientSecretPostMethod extends ClientAuthMethodHandler {
  readonly method = ClientAuthMethod.SecretPost;

  constructor(private readonly hasher: ClientSecretHasher) {
    super();
  }

  read({ clientId, clientSecret }: ClientAuthRequest): ClientClaim | undefined {
    return clientSecret === undefined ? undefined : { clientId: clientId ?? '', proof: clientSecret };
  }

  async verify(client: Client, { proof = '' }: ClientClaim): Promise<ClientProof> {
    return this.hasher.matches(proof, client.secretHashes) ? PROVEN : unproven('wrong_secret');
  }
}
