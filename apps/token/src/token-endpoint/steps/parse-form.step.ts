import { OAuthError, ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** RFC 8707 §2, RFC 8693 §2.1. */
const REPEATABLE = new Set(['resource', 'audience']);

/** RFC 6749 §3.2: every parameter once; one without a value counts as not sent. */
@Injectable()
export class ParseForm extends Step {
  run(context: TokenContext): void {
    const form = new Map<string, string>();
    for (const [name, values] of Object.entries(context.call.form)) {
      if (values.length > 1 && !REPEATABLE.has(name)) {
        throw new OAuthError('invalid_request', { description: 'a parameter is repeated' });
      }
      const [value] = values;
      if (value) form.set(name, value);
    }
    context.form = form;
    // X10: both name targets, so `audience` too is honoured or refused, and never dropped (TX-05).
    context.requestedResources = [...REPEATABLE].flatMap((name) => context.call.form[name] ?? []).filter(Boolean);
    const scope = form.get('scope');
    if (scope !== undefined) {
      const requested = ScopeSet.parse(scope);
      if (!requested) throw new OAuthError('invalid_scope', { description: 'scope is malformed' });
      if (requested.size > 0) context.requestedScope = requested;
    }
  }
}
