import { HttpCall } from '@grantway/contracts';
import { OAuthError } from '@grantway/protocol';

/** What a client sent in a form: each parameter once and never empty, only `resource` as often as it likes (RFC 8707 §2). */
export interface ClientForm {
  readonly params: ReadonlyMap<string, string>;
  readonly resources: readonly string[];
}

/**
 * RFC 6749 §3.2: every parameter once; one without a value counts as not sent.
 * @throws OAuthError invalid_request
 */
export function readClientForm({ form }: HttpCall): ClientForm {
  const params = new Map<string, string>();
  for (const [name, values] of Object.entries(form)) {
    if (name === 'resource') continue;
    if (values.length > 1) throw new OAuthError('invalid_request', { description: 'a parameter is repeated' });
    const [value] = values;
    if (value) params.set(name, value);
  }
  return { params, resources: (form['resource'] ?? []).filter(Boolean) };
}

/** @throws OAuthError invalid_request when a required parameter is missing */
export function requiredParam({ params }: ClientForm, name: string): string {
  const value = params.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', { description: `${name} is missing` });
  return value;
}
