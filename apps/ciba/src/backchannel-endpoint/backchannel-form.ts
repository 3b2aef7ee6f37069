import { HttpCall } from '@grantway/contracts';
import { OAuthError } from '@grantway/protocol';

/** The parameters of a request: each once and never empty, only `resource` as often as it likes. */
export interface BackchannelForm {
  readonly params: ReadonlyMap<string, string>;
  readonly resources: readonly string[];
}

/** RFC 6749 §3.2: every parameter once; one without a value counts as not sent. RFC 8707 §2: `resource` may repeat. */
export function readForm({ form }: HttpCall): BackchannelForm {
  const params = new Map<string, string>();
  for (const [name, values] of Object.entries(form)) {
    if (name === 'resource') continue;
    if (values.length > 1) throw invalid('a parameter is repeated');
    const [value] = values;
    if (value) params.set(name, value);
  }
  return { params, resources: (form['resource'] ?? []).filter(Boolean) };
}

export function invalid(description: string, reason?: string): OAuthError {
  return new OAuthError('invalid_request', { description, ...(reason && { reason }) });
}
