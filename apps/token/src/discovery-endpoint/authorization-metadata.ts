import { signingAlgorithms } from '@grantway/client-auth';
import { Environment } from '@grantway/domain';
import { AuthorizationServerMetadata, GrantType, grantsOf, RESPONSE_MODES, RESPONSE_TYPES } from '@grantway/protocol';

type AuthorizationMetadata = Pick<
  AuthorizationServerMetadata,
  | 'pushed_authorization_request_endpoint'
  | 'require_pushed_authorization_requests'
  | 'request_object_signing_alg_values_supported'
  | 'request_parameter_supported'
  | 'request_uri_parameter_supported'
  | 'response_modes_supported'
  | 'response_types_supported'
>;

/** What authorization requests may be here: implicit and hybrid only where both levels have them on (I5, H1). */
export function authorizationMetadata({ grantTypes, par }: Environment, issuer: string): AuthorizationMetadata {
  const isOn = (grant: GrantType) => grantTypes.includes(grant);
  return {
    pushed_authorization_request_endpoint: `${issuer}/par`,
    require_pushed_authorization_requests: par === 'required',
    response_types_supported: RESPONSE_TYPES.filter((type) => grantsOf(type).every(isOn)),
    response_modes_supported: [...RESPONSE_MODES],
    request_parameter_supported: true,
    // RFC 9101 §10.5 means addresses elsewhere; those of pushed requests need no announcement.
    request_uri_parameter_supported: false,
    request_object_signing_alg_values_supported: signingAlgorithms('request_object'),
  };
}

/** Grants without a request at the token endpoint; a client still registers them. */
export function frontChannelGrants({ grantTypes }: Environment): string[] {
  return grantTypes.includes(GrantType.Implicit) ? [GrantType.Implicit] : [];
}
