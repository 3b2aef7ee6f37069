import { AsyncLocalStorage } from 'node:async_hooks';
import { rawRequest } from './raw-http.js';

/** One HTTP answer, with what tests ask of it. */
export class Answer {
  constructor(
    readonly url: string,
    readonly status: number,
    readonly headers: Headers,
    readonly text: string,
  ) {}

  get location(): string | undefined {
    const location = this.headers.get('location');
    return location === null ? undefined : new URL(location, this.url).href;
  }

  get setCookies(): string[] {
    return this.headers.getSetCookie();
  }

  json<T = Record<string, unknown>>(): T {
    return JSON.parse(this.text) as T;
  }

  get error(): unknown {
    return this.json()['error'];
  }

  /** Parameters of an answer that went to the client: query or fragment of the redirect, or fields of a form_post page. */
  params(): Record<string, string> {
    if (this.location === undefined) return this.hiddenFields();
    const { search, hash } = new URL(this.location);
    return Object.fromEntries(new URLSearchParams(hash ? hash.slice(1) : search));
  }

  formAction(): string {
    const action = /<form\b(?:[^>"]|"[^"]*")*?\baction="([^"]*)"/.exec(this.text)?.[1];
    if (action === undefined) throw new Error(`no form on this page (${this.status} ${this.url})`);
    return decode(action);
  }

  hiddenFields(): Record<string, string> {
    // Quoted values may hold `>`.
    const inputs = [...this.text.matchAll(/<input\b(?:[^>"]|"[^"]*")*>/g)].map(([tag]) => tag);
    const hidden = inputs.filter((tag) => /type="hidden"/.test(tag));
    return Object.fromEntries(hidden.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')]));
  }

  /** Which of our pages this is. */
  get pageTitle(): string {
    return decode(/<title>([^<]*)<\/title>/.exec(this.text)?.[1] ?? '');
  }
}

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

function attribute(tag: string, name: string): string {
  return decode(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function decode(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
