import type { HttpCall } from '@grantway/contracts';

/** What the gateway hands a service for a GET without anything in it. */
export function aCall(overrides: Partial<HttpCall> = {}): HttpCall {
  const now = Date.now();
  return {
    environmentId: 'acme',
    requestId: 'request-1',
    deadline: now + 5_000,
    receivedAt: now,
    method: 'GET',
    ip: '192.0.2.1',
    query: {},
    form: {},
    cookies: {},
    ...overrides,
  };
}

/** A posted form with each parameter once. */
export function aPost(form: Readonly<Record<string, string>>, overrides: Partial<HttpCall> = {}): HttpCall {
  const once = Object.fromEntries(Object.entries(form).map(([name, value]) => [name, [value]]));
  return aCall({ method: 'POST', form: once, ...overrides });
}
