import { Param } from '@grantway/grant-sdk';

/** RFC 6749 §4.3.2. */
export class PasswordParams {
  @Param()
  readonly username!: string;

  @Param()
  readonly password!: string;
}
