import { ClientAuthMethod } from '@grantway/protocol';
import { AssertionMethod } from '../assertion.method.js';

/** Signed with a private key that only the client has (OIDC Core §9). */
export class PrivateKeyJwtMethod extends AssertionMethod {
  readonly method = ClientAuthMethod.PrivateKeyJwt;
  protected readonly keys = 'public';
}
