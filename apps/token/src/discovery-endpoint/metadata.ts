import { CLIENT_ALGORITHMS, ClientAuthenticator } from '@grantway/client-auth';
import { Environment, Resources } from '@grantway/domain';
import {
  Acr,
  AuthorizationServerMetadata,
  ClientAuthMethod,
  GrantType,
  OIDC_SCOPES,
  PROMPTS,
  SCOPE_CLAIMS,
} from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { GrantRegistry } from '../token-endpoint/grant-registry.js';
import { authorizationMetadata, frontChannelGrants } from './authorization-metadata.js';
import { grantMetadata } from './grant-metadata.js';

/** Claims of an ID token beside those that scopes ask for. */
const ID_TOKEN_CLAIMS = [
  'sub',
  'iss',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'at_hash',
  'c_hash',
  'sid',
];

/** What is really switched on, and nothing else (OIDC Discovery §3, RFC 8414 §2). */
@Injectable()
export class Metadata {
  constructor(
    private readonly registry: GrantRegistry,
    private readonly authenticator: ClientAuthenticator,
    private readonly resources: Resources,
  ) {}

  async of(environment: Environment, issuer: string): Promise<AuthorizationServerMetadata> {
    const catalog = await this.resources.catalog(environment.id);
    const grantTypes = this.registry.types.filter((type) => environment.grantTypes.includes(type));
    const methods = this.authenticator.methodNames;
    const canRefresh = grantTypes.includes(GrantType.RefreshToken);
    return {
      // First, so that no grant says anything of the server itself.
      ...grantMetadata(this.registry.manifests, grantTypes, issuer),
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      introspection_endpoint: `${issuer}/introspect`,
      // RFC 7662 §2.1: whoever proves nothing may not ask.
      introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== ClientAuthMethod.None),
      introspection_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
      revocation_endpoint: `${issuer}/revoke`,
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
      end_session_endpoint: `${issuer}/signoff`,
      scopes_supported: catalog.scopeNames().filter((scope) => canRefresh || scope !== 'offline_access'),
      ...authorizationMetadata(environment, issuer),
      grant_types_supported: [...grantTypes, ...frontChannelGrants(environment)],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [environment.signing.idToken],
      token_endpoint_auth_methods_supported: this.authenticator.methodNames,
      token_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
      // `plain` works for a client with the legacy flag, but is not offered to anybody.
      code_challenge_methods_supported: ['S256'],
      prompt_values_supported: [...PROMPTS],
      acr_values_supported: [Acr.SingleFactor],
      claims_supported: [...ID_TOKEN_CLAIMS, ...OIDC_SCOPES.flatMap((scope) => SCOPE_CLAIMS[scope] ?? [])],
      claims_parameter_supported: false,
      authorization_response_iss_parameter_supported: true,
    };
  }
}
