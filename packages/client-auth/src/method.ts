import { Client, Environment } from '@grantway/domain';
import { ClientAuthMethod, OAuthError } from '@grantway/protocol';

/** The parts of a request in which a client may say who it is. */
export interface ClientAuthRequest {
  /** The `Authorization` header. */
  readonly authorization?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** RFC 7521 §4.2. */
  readonly clientAssertion?: string | undefined;
  readonly clientAssertionType?: string | undefined;
}

/** Who is asking, whom, and from where. */
export interface ClientAuthContext extends ClientAuthRequest {
  readonly environment: Pick<Environment, 'id' | 'outbound'>;
  readonly ip: string;
  readonly issuer: string;
  /** The address of the endpoint that was called. */
  readonly endpoint: string;
}

/** What a request claims, before anything is believed. */
export interface ClientClaim {
  readonly clientId: string;
  /** The secret or the assertion as presented; absent for a client that only names itself. */
  readonly proof?: string;
}

export type ClientProof =
  | { readonly proven: true }
  /** `isGuess`: counts against whoever sent it. The reason is for our logs. */
  | { readonly proven: false; readonly reason: string; readonly isGuess: boolean };

export const PROVEN: ClientProof = { proven: true };

export function unproven(reason: string, { isGuess = true } = {}): ClientProof {
  return { proven: false, reason: `client_auth.${reason}`, isGuess };
}

/** One way for a client to authenticate; a folder each. */
export abstract class ClientAuthMethodHandler {
  abstract readonly method: ClientAuthMethod;

  /**
   * The claim this request makes by this method, or undefined when it does not try it.
   * @throws OAuthError invalid_client when it tries and cannot be read
   */
  abstract read(request: ClientAuthRequest): ClientClaim | undefined;

  /**
   * Whether the claim is true of this client, which registered this method; constant time where a secret is compared (X12).
   */
  abstract verify(client: Client, claim: ClientClaim, context: ClientAuthContext): Promise<ClientProof>;
}

/** Whatever is wrong with a client's credentials, it is told with the same bytes; the reason stops at our logs. */
export function notProven(reason: string, client?: Pick<Client, 'id'>): OAuthError {
  const about = client && { about: { client_id: client.id } };
  return new OAuthError('invalid_client', { reason, description: 'client authentication failed', ...about });
}
