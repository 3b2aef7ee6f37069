import { Param } from '@grantway/grant-sdk';

export class TransactionApprovalParams {
  /** The payment the employee wants to release. */
  @Param({ max: 64 })
  readonly transaction_id!: string;

  /** What the approval system showed the employee for it. */
  @Param({ max: 64 })
  readonly approval_code!: string;
}
