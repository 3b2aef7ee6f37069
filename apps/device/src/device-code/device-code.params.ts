import { OptionalParam, Param } from '@grantway/grant-sdk';

/** RFC 8628 §3.4, RFC 7636 §4.5. */
export class DeviceCodeParams {
  @Param({ max: 512 })
  readonly device_code!: string;

  @OptionalParam({ max: 512 })
  readonly code_verifier?: string;
}
