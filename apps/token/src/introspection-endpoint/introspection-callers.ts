import {
  ClientAuthContext,
  ClientAuthenticator,
  ClientSecretBasicMethod,
  ClientSecretHasher,
  ClientSecretPostMethod,
  clientAuthContext,
  notProven,
} from '@grantway/client-auth';
import {
  AttemptLimits,
  addressKey,
  CLIENT_SECRET,
  Client,
  isPublic,
  Resource,
  ResourceCatalog,
  Resources,
} from '@grantway/domain';
import { ClientCall } from '@grantway/platform';
import { Injectable } from '@nestjs/common';

/** Who may ask what a token is worth: an API that was handed one, or a client about its own (RFC 7662 §2.1). */
export type IntrospectionCaller =
  | { readonly kind: 'resource'; readonly id: string; readonly resource: Resource; readonly catalog: ResourceCatalog }
  | { readonly kind: 'client'; readonly id: string; readonly client: Client };

@Injectable()
export class IntrospectionCallers {
  readonly #secrets: readonly [ClientSecretBasicMethod, ClientSecretPostMethod];

  constructor(
    private readonly clients: ClientAuthenticator,
    private readonly resources: Resources,
    private readonly hasher: ClientSecretHasher,
    private readonly limits: AttemptLimits,
  ) {
    this.#secrets = [new ClientSecretBasicMethod(hasher), new ClientSecretPostMethod(hasher)];
  }

  /**
   * A resource is named as a client would be, in HTTP Basic or in the form; what proves neither a resource nor a client is
   * refused, counted and throttled as a client's wrong secret is (IR-01).
   * @throws OAuthError invalid_client, invalid_request, too_many_requests
   */
  async authenticate({ call, form, environment, issuer }: ClientCall): Promise<IntrospectionCaller> {
    const credentials = clientAuthContext(call, form.params, environment, issuer, 'introspect');
    const resource = await this.#resource(credentials);
    if (resource) return resource;
    const client = await this.clients.authenticate(credentials);
    // RFC 7662 §2.1, §4: whoever proves nothing could scan for tokens.
    if (isPublic(client)) throw notProven('introspection.public_client');
    return { kind: 'client', id: client.id, client };
  }

  async #resource(credentials: ClientAuthContext): Promise<IntrospectionCaller | undefined> {
    const { environment, ip } = credentials;
    const claims = this.#secrets.flatMap((method) => method.read(credentials) ?? []);
    const [claim] = claims;
    // Two at once, or a name that contradicts itself, is for the authenticator to refuse (X4).
    const single = claims.length === 1 && !credentials.clientAssertion && !credentials.clientAssertionType;
    if (!single || claim?.proof === undefined) return undefined;
    if (credentials.clientId !== undefined && credentials.clientId !== claim.clientId) return undefined;
    const key = `${environment.id}|${claim.clientId}|${addressKey(ip)}`;
    if (this.limits.blockedHere(CLIENT_SECRET, key) > 0) return undefined;
    const catalog = await this.resources.catalog(environment.id);
    const resource = catalog.byName(claim.clientId);
    if (!resource || !this.hasher.matches(claim.proof, resource.introspectionSecretHashes)) return undefined;
    return { kind: 'resource', id: resource.name, resource, catalog };
  }
}
