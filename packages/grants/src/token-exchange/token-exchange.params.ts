import { OptionalParam, Param } from '@grantway/grant-sdk';

/** As long as the longest token of ours; a longer one is an error, and never as if it had not been sent (TX-05). */
const LONGEST_TOKEN = 16_384;

/** RFC 8693 §2.1. */
export class TokenExchangeParams {
  @Param({ max: LONGEST_TOKEN })
  readonly subject_token!: string;

  @Param()
  readonly subject_token_type!: string;

  @OptionalParam({ max: LONGEST_TOKEN })
  readonly actor_token?: string;

  @OptionalParam()
  readonly actor_token_type?: string;

  @OptionalParam()
  readonly requested_token_type?: string;
}
