import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** The grant's params class, or its manifest, says what it needs; everything else in the form is ignored (X2, TX-01). */
@Injectable()
export class ValidateParams extends Step {
  run(context: TokenContext): void {
    context.params = context.grant.params(context.form);
  }
}
