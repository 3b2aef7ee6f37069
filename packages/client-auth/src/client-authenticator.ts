import { AttemptLimits, CLIENT_SECRET, Client, Clients } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { ClientAuthMethodHandler, ClientAuthRequest, notProven } from './method.js';

/** Who is asking, in which environment, from where. */
export interface ClientAuthContext extends ClientAuthRequest {
  readonly environmentId: string;
  readonly ip: string;
}

/** RFC 6749 §2.3: exactly one method per request, and it must be the one the client registered (X3, X4). */
export class ClientAuthenticator {
  constructor(
    private readonly methods: readonly ClientAuthMethodHandler[],
    private readonly clients: Clients,
    private readonly limits: AttemptLimits,
  ) {}

  /** What discovery advertises. */
  get methodNames(): string[] {
    return this.methods.map(({ method }) => method);
  }

  /**
   * @throws OAuthError invalid_request for two methods at once, invalid_client for everything that does not prove who
   *   is asking (which of many reasons stops at our logs), too_many_requests after too many wrong secrets
   */
  async authenticate(request: ClientAuthContext): Promise<Client> {
    const { handler, claim } = this.#onlyClaim(request);
    // RFC 6749 §3.2.1: naming oneself beside Basic is allowed, naming somebody else is not.
    if (request.clientId !== undefined && request.clientId !== claim.clientId) {
      throw new OAuthError('invalid_request', { description: 'client_id differs from the authenticated client' });
    }
    const key = `${request.environmentId}|${claim.clientId}|${request.ip}`;
    const wait = claim.secret === undefined ? 0 : this.limits.blockedHere(CLIENT_SECRET, key);
    if (wait > 0) throw tooMany(wait);

    const client = await this.clients.find(request.environmentId, claim.clientId);
    const proven = client !== undefined && (await handler.verify(client, claim));
    if (!client || client.authMethod !== handler.method || !proven) {
      await this.#countGuess(claim.secret, key);
      throw notProven(reasonFor(client, handler));
    }
    if (!client.enabled) throw notProven('client_auth.client_disabled');
    return client;
  }

  #onlyClaim(request: ClientAuthRequest) {
    const claims = this.methods.flatMap((handler) => {
      const claim = handler.read(request);
      return claim ? [{ handler, claim }] : [];
    });
    const [only, second] = claims;
    const moreThanOne = second !== undefined || (only !== undefined && request.clientAssertion !== undefined);
    if (moreThanOne) {
      throw new OAuthError('invalid_request', { description: 'more than one client authentication method' });
    }
    if (!only?.claim.clientId) throw notProven('client_auth.none_given');
    return only;
  }

  async #countGuess(secret: string | undefined, key: string): Promise<void> {
    if (secret === undefined) return;
    const wait = await this.limits.fail(CLIENT_SECRET, key);
    if (wait > 0) throw tooMany(wait);
  }
}

function tooMany(retryAfter: number): OAuthError {
  return new OAuthError('too_many_requests', {
    retryAfter,
    reason: 'client_auth.too_many_wrong_secrets',
    description: 'too many wrong secrets',
  });
}

function reasonFor(client: Client | undefined, handler: ClientAuthMethodHandler): string {
  if (!client) return 'client_auth.unknown_client';
  return client.authMethod === handler.method ? 'client_auth.wrong_secret' : 'client_auth.other_method_registered';
}
