import { AttemptLimits, addressKey, CLIENT_SECRET, Client, Clients } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import {
  ClientAuthContext,
  ClientAuthMethodHandler,
  ClientAuthRequest,
  ClientClaim,
  ClientProof,
  notProven,
  unproven,
} from './method.js';

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
    const key = `${request.environment.id}|${claim.clientId}|${addressKey(request.ip)}`;
    const wait = claim.proof === undefined ? 0 : this.limits.blockedHere(CLIENT_SECRET, key);
    if (wait > 0) throw tooMany(wait);

    const client = await this.clients.find(request.environment.id, claim.clientId);
    const proof = await this.#prove(client, handler, claim, request);
    if (!client || !proof.proven) {
      if (!proof.proven && proof.isGuess && claim.proof !== undefined) await this.#countGuess(key, client);
      throw notProven(proof.proven ? 'client_auth.unknown_client' : proof.reason, client);
    }
    return client;
  }

  async #prove(
    client: Client | undefined,
    handler: ClientAuthMethodHandler,
    claim: ClientClaim,
    context: ClientAuthContext,
  ): Promise<ClientProof> {
    if (!client) return unproven('unknown_client');
    if (client.authMethod !== handler.method) return unproven('other_method_registered');
    // Before its proof is looked at, which for an assertion would use it up.
    if (!client.enabled) return unproven('client_disabled', { isGuess: false });
    return handler.verify(client, claim, context);
  }

  #onlyClaim(request: ClientAuthRequest) {
    let only: { handler: ClientAuthMethodHandler; claim: ClientClaim } | undefined;
    for (const handler of this.methods) {
      const claim = handler.read(request);
      if (!claim) continue;
      if (only) throw new OAuthError('invalid_request', { description: 'more than one client authentication method' });
      only = { handler, claim };
    }
    if (!only?.claim.clientId) throw notProven('client_auth.none_given');
    return only;
  }

  async #countGuess(key: string, client: Client | undefined): Promise<void> {
    const wait = await this.limits.fail(CLIENT_SECRET, key);
    if (wait > 0) throw tooMany(wait, client);
  }
}

function tooMany(retryAfter: number, client?: Client): OAuthError {
  return new OAuthError('too_many_requests', {
    retryAfter,
    reason: 'client_auth.too_many_wrong_secrets',
    description: 'too many wrong secrets',
    ...(client && { about: { client_id: client.id } }),
  });
}
