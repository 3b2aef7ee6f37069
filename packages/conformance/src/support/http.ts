import { AsyncLocalStorage } from 'node:async_hooks';
import { Answer } from './answer.js';
import { rawRequest } from './raw-http.js';

export { Answer } from './answer.js';

const alsoSent = new AsyncLocalStorage<Record<string, string>>();

/** Whatever is requested inside carries these headers as well. */
export function sendingAlso<T>(headers: Record<string, string>, act: () => Promise<T>): Promise<T> {
  return alsoSent.run(headers, act);
}

/** Sends one request and follows nothing. */
export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { ...(init.headers as Record<string, string> | undefined), ...alsoSent.getStore() };
  // fetch writes its own Host.
  if ('host' in headers) {
    return rawRequest(url, {
      method: init.method ?? 'GET',
      headers,
      ...(init.body != null && { body: init.body as string }),
    });
  }
  const response = await fetch(url, { ...init, headers, redirect: 'manual' });
  return new Answer(url, response.status, response.headers, await response.text());
}

/** A form POST as a client library sends it. */
export function postForm(
  url: string,
  form: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
): Promise<Answer> {
  return request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

export function basic(clientId: string, secret: string): Record<string, string> {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
