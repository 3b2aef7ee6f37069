import { limitScope } from '@grantway/grant-sdk/contract';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** RFC 6749 §3.3, §6: granted ⊆ requested ∩ authorized ∩ registered, whatever the grant returned. */
@Injectable()
export class LimitScope extends Step {
  run(context: TokenContext): void {
    const { issuance } = context;
    context.scope = limitScope(context, issuance);
    // A person allowed what a code of ours stands for, and a refresh may come back to that. What a grant decided by itself goes on
    // record as it was granted: else a refresh would get what no request ever asked for, or what is registered only later (§6).
    if (issuance.spend && !('once' in issuance.spend)) return;
    context.issuance = { ...issuance, authorization: { ...issuance.authorization, scope: context.scope } };
  }
}
