import { limitAudience } from '@grantway/grant-sdk/contract';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** RFC 8707 §2.2: the token is for the resources its scopes name, and for no more than the request asked for. */
@Injectable()
export class LimitAudience extends Step {
  run(context: TokenContext): void {
    Object.assign(context, limitAudience(context, context.issuance, context.scope) satisfies Partial<TokenContext>);
  }
}
