import { Client } from '@grantway/domain';
import { ClientAuthMethod, OAuthError } from '@grantway/protocol';

/** The parts of a request in which a client may say who it is. */
export interface ClientAuthRequest {
  /** The `Authorization` header. */
  readonly authorization?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** RFC 7521 §4.2. No method reads it yet; beside another one it makes two (CA-02), and alone it proves nothing (CA-08). */
  readonly clientAssertion?: string;
}

/** What a request claims, before anything is believed. */
export interface ClientClaim {
  readonly clientId: string;
  /** The secret as presented; absent for a client that only names itself. */
  readonly secret?: string;
}

/** One way for a client to authenticate; a folder each. */
export abstract class ClientAuthMethodHandler {
  abstract readonly method: ClientAuthMethod;

  /**
   * The claim this request makes by this method, or undefined when it does not try it.
   * @throws OAuthError invalid_client when it tries and cannot be read
   */
  abstract read(request: ClientAuthRequest): ClientClaim | undefined;

  /** Whether the claim is true of this client; constant time where a secret is compared (X12). */
  abstract verify(client: Client, claim: ClientClaim): Promise<boolean>;
}

/** Whatever is wrong with a client's credentials, it is told with the same bytes; the reason stops at our logs. */
export function notProven(reason: string): OAuthError {
  return new OAuthError('invalid_client', { reason, description: 'client authentication failed' });
}
