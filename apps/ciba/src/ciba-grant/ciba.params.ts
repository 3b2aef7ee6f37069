import { Param } from '@grantway/grant-sdk';

/** CIBA Core §10.1. */
export class CibaParams {
  @Param({ max: 512 })
  readonly auth_req_id!: string;
}
