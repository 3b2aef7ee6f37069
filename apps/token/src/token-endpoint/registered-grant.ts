import { GrantHandler, GrantOptions, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { CallFrame, readParams } from '@grantway/grant-sdk/contract';

/** A grant as the pipeline uses it, wherever it runs. */
export interface RegisteredGrant {
  readonly options: Pick<GrantOptions<object>, 'type' | 'clients'>;
  readonly handler: Pick<GrantHandler<object>, 'clientOf'> & {
    handle(request: TokenRequest<object>, frame: CallFrame): Promise<Issuance>;
  };
  /** It runs in another process, and may not say what only the token service knows. */
  readonly remote: boolean;
  /** @throws OAuthError invalid_request */
  params(form: ReadonlyMap<string, string>): object;
  /** What is thrown when its issuance breaks a rule. */
  fault(error: Error, frame: CallFrame): Error;
}

/** A grant of this process; a rule it breaks is a bug of ours. */
export class LocalGrant implements RegisteredGrant {
  readonly remote: boolean = false;

  constructor(
    readonly options: GrantOptions<object>,
    readonly handler: GrantHandler<object>,
  ) {}

  params(form: ReadonlyMap<string, string>): object {
    return readParams(this.options.params, form);
  }

  fault(error: Error): Error {
    return error;
  }
}
