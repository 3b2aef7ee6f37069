import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** AZ-06: with two of these nobody can say where an error may go. */
const DECIDE_THE_TARGET = ['client_id', 'redirect_uri', 'request_uri', 'request'];

/** RFC 6749 §3.1: GET and form POST alike. */
@Injectable()
export class ParseParams extends Step {
  run(context: AuthorizeContext): void {
    context.read(context.sent);
    const repeated = DECIDE_THE_TARGET.find((name) => context.repeated.has(name));
    if (repeated) throw new OAuthError('invalid_request', { description: `${repeated} is repeated` });
  }
}
