import { ClientAuthMethod } from '@grantway/protocol';
import { AssertionMethod } from '../assertion.method.js';

/** Signed with the secret that both sides know (OIDC Core §9). */
export class ClientSecretJwtMethod extends AssertionMethod {
  readonly method = ClientAuthMethod.SecretJwt;
  protected readonly keys = 'secret';
}
