import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** PR-04: a client, or its environment, may want every request pushed (RFC 9126 §5, §6) or signed (RFC 9101 §10.5). */
@Injectable()
export class RequireProtection extends Step {
  run(context: AuthorizeContext): void {
    const { client, environment, pushed } = context;
    if (pushed) return;
    if (!context.isPush && (client.par.required || environment.par === 'required')) {
      throw new OAuthError('invalid_request', { description: 'the request must be pushed' });
    }
    if (client.requestObjects === 'required' && !context.signed) {
      throw new OAuthError('invalid_request', { description: 'the request must be signed' });
    }
  }
}
