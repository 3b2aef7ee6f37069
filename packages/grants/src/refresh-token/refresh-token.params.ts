import { Param } from '@grantway/grant-sdk';

/** RFC 6749 §6. */
export class RefreshTokenParams {
  @Param({ max: 512 })
  readonly refresh_token!: string;
}
