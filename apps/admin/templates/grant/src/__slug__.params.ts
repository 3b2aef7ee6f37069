import { Param } from '@grantway/grant-sdk';

/** What a client sends beside `grant_type`, `scope`, `resource` and its own authentication. */
export class __Name__Params {
  /** See tickets.ts. */
  @Param({ max: 2_048 })
  readonly ticket!: string;
}
