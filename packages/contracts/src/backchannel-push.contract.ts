import { IsInt, Length, Matches } from 'class-validator';

/** The CIBA service asks the token service for the tokens it is to push (CIBA Core §10.3). Never comes from outside. */
export class BackchannelPush {
  @Matches(/^[a-z0-9-]{1,64}$/)
  readonly environmentId!: string;

  @Matches(/^[A-Za-z0-9-]{8,64}$/)
  readonly requestId!: string;

  @IsInt()
  readonly deadline!: number;

  /** Of an approved request of a push client; whoever asks has to know it. */
  @Length(1, 512)
  readonly authReqId!: string;
}

/** `done`: pushed before, and used since. */
export type BackchannelPushAnswer =
  | { readonly kind: 'tokens'; readonly tokens: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly error: 'access_denied' | 'transaction_failed' }
  | { readonly kind: 'done' };
