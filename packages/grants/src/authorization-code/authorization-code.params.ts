import { OptionalParam, Param } from '@grantway/grant-sdk';

/** RFC 6749 §4.1.3, RFC 7636 §4.5. */
export class AuthorizationCodeParams {
  @Param({ max: 512 })
  readonly code!: string;

  @OptionalParam({ max: 2_048 })
  readonly redirect_uri?: string;

  @OptionalParam({ max: 512 })
  readonly code_verifier?: string;
}
