import { FlowField, FlowProblem, HttpCall, HttpReply } from '@grantway/contracts';

interface Detail {
  readonly code: 'REQUIRED_VALUE' | 'INVALID_VALUE';
  readonly target?: string;
  readonly message: string;
}

/** An error of the flows API, in PingOne's words (seeds 1.3). */
export interface FlowRefusal {
  readonly status: 400 | 403 | 404 | 429;
  readonly code: 'INVALID_REQUEST' | 'ACCESS_FAILED' | 'NOT_FOUND' | 'TOO_MANY_REQUESTS';
  readonly message: string;
  readonly details?: readonly Detail[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuse(call: HttpCall, { status, code, message, details = [], headers }: FlowRefusal): HttpReply {
  return {
    kind: 'json',
    status,
    headers: { 'cache-control': 'no-store', ...headers },
    body: { id: call.requestId, code, message, details },
  };
}

/** What a page would say beside the field. */
export function problemReply(call: HttpCall, problem: FlowProblem): HttpReply {
  if (problem.kind === 'wait') {
    const headers = { 'retry-after': String(problem.seconds) };
    const message = `Too many tries; wait ${problem.seconds} seconds.`;
    return refuse(call, { status: 429, code: 'TOO_MANY_REQUESTS', message, headers });
  }
  const message = 'The request could not be completed.';
  return refuse(call, { status: 400, code: 'INVALID_REQUEST', message, details: detailsOf(problem) });
}

function detailsOf(problem: Exclude<FlowProblem, { kind: 'wait' }>): Detail[] {
  switch (problem.kind) {
    case 'missing':
      return problem.fields.map((target) => ({ code: 'REQUIRED_VALUE', target, message: `${target} is required` }));
    case 'malformed':
      return problem.fields.map((target) => invalid(`${target} is malformed`, target));
    case 'weak':
      return [invalid(RULES[problem.rule], problem.field)];
    case 'wrong':
      return [invalid('What was given does not match.')];
    case 'taken':
      return [invalid('This name or address cannot be registered.', 'username')];
    case 'other_name':
      return [invalid('The flow is about another user; reset the session first.', 'username')];
    case 'gone':
      return [invalid('This was decided already, or has expired.')];
  }
}

const RULES = {
  length: 'must have 8 to 256 characters',
  username: 'must not be the username',
  same: 'must differ from the current password',
} as const;

function invalid(message: string, target?: FlowField): Detail {
  return { code: 'INVALID_VALUE', ...(target !== undefined && { target }), message };
}
