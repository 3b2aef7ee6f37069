import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** AZ-06: with two of these nobody can say where an error may go. */
const DECIDE_THE_TARGET = ['client_id', 'redirect_uri'];

/** RFC 6749 §3.1: GET and form POST alike. */
@Injectable()
export class ParseParams extends Step {
  run(context: AuthorizeContext): void {
    const { call } = context;
    const raw = Object.entries(call.method === 'POST' ? call.form : call.query);
    context.params = new Map(raw.flatMap(([name, [value]]) => (value ? [[name, value] as const] : [])));
    // RFC 8707 §2: only `resource` may come more than once.
    context.repeated = new Set(
      raw.filter(([name, values]) => values.length > 1 && name !== 'resource').map(([name]) => name),
    );
    context.resources = (Object.fromEntries(raw)['resource'] ?? []).filter(Boolean);
    const repeated = DECIDE_THE_TARGET.find((name) => context.repeated.has(name));
    if (repeated) throw new OAuthError('invalid_request', { description: `${repeated} is repeated` });
  }
}
