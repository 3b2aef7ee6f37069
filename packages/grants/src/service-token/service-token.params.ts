import { Param } from '@grantway/grant-sdk';

/** RFC 7523 §2.1. */
export class ServiceTokenParams {
  @Param()
  readonly assertion!: string;
}
