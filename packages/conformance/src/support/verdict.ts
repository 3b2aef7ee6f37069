import { hostname } from 'node:os';
import { Storage } from './database.js';
import { Answer, sendingAlso } from './http.js';
import { target } from './target.js';

/** What the head of the security catalogue asks of every answer, whatever its row asks besides. */

/** Endpoints whose answers no cache may keep; the signing keys and metadata are the public ones. */
const NEVER_CACHED =
  /\/(?:as\/(?:token|userinfo|authorize|resume|par|introspect|revoke|device_authorization|bc-authorize|cibaAuthorization|signoff|idpSignoff)|signon|device|approvals|flows\/[^?]*)(?:\?|$)/;

/** What no body may show: stacks, SQL, and where we keep things. */
const INTERNALS = [
  /\n\s+at .+:\d+:\d+/,
  /node_modules|\/dist\/|\.js:\d+/,
  /\b(?:SELECT|INSERT|UPDATE|DELETE)\b.+\b(?:FROM|INTO|SET|WHERE)\b/s,
  /prisma|postgres(?:ql)?:|nats:|ECONNREFUSED|relation "/i,
];

/** Our handles by their prefix, and any JWT. */
const SECRET_SHAPES = [/gw(?:ac|rt|st|pr|dc|cb|at)_[\w-]{22}/, /eyJ[\w-]{10,}\.eyJ[\w-]{10,}/];

/** Requests that name another host than ours must not be answered differently. */
const SPOOFS: readonly Record<string, string>[] = [
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' },
  { forwarded: 'for=127.0.0.1;host=evil.example;proto=https' },
  { host: 'evil.example' },
];

/**
 * No 5xx, no internals, nothing a cache may keep, no spoofed host echoed.
 * @param secrets texts that must not stand in the body either
 */
export function expectClean(answer: Answer, ...secrets: string[]): void {
  expect(answer.status).toBeLessThan(500);
  for (const pattern of INTERNALS) expect(answer.text).not.toMatch(pattern);
  // As a word of its own: a machine's name may be short enough to turn up inside a key.
  expect(answer.text).not.toMatch(new RegExp(`(?<![\\w-])${hostname()}(?![\\w-])`));
  const hosts = [new URL(target.databaseUrl).host, 'evil.example'];
  for (const text of [...hosts, ...secrets]) expect(answer.text).not.toContain(text);
  for (const name of ['server', 'x-powered-by']) expect(answer.headers.get(name)).toBeNull();
  // What Node itself refuses (431, a broken request line) never reaches our code.
  if (NEVER_CACHED.test(answer.url) && answer.headers.has('x-request-id')) {
    expect(answer.headers.get('cache-control')).toContain('no-store');
  }
}

/** A refusal is a clean answer that hands out nothing: no code, no token, no session. */
export function expectRefusal(answer: Answer, ...secrets: string[]): void {
  expectClean(answer, ...secrets);
  const told = `${answer.text} ${answer.location ?? ''} ${answer.setCookies.join(' ')}`;
  for (const shape of SECRET_SHAPES) expect(told).not.toMatch(shape);
}

/** `EP`: an error page of ours; whoever sent the person here learns nothing. */
export function expectErrorPage(answer: Answer, status = 400): void {
  expectRefusal(answer);
  expect([answer.status, answer.location]).toEqual([status, undefined]);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.text).not.toMatch(/http-equiv="?refresh/i);
}

/** Where an authorization request came from, to tell a good redirect from a bad one. */
export interface Asker {
  readonly redirectUri: string;
  readonly issuer: string;
}

/** `RE(error)`: a redirect to the registered URI with the error, the untouched state, and our issuer (RFC 9207). */
export function expectRedirectError(
  answer: Answer,
  asker: Asker,
  error: string,
  state: string | undefined = 'state-1',
): void {
  expectRefusal(answer);
  const { error_description: description = 'none', ...rest } = answerFields(answer, asker.redirectUri);
  expect(rest).toEqual({ error, iss: asker.issuer, ...(state !== undefined && { state }) });
  expect(description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
}

/** The good end: a code, the untouched state and our issuer, at the registered URI. @returns the code */
export function expectCode(answer: Answer, asker: Asker, state: string | undefined = 'state-1'): string {
  expectClean(answer);
  const params = answerFields(answer, asker.redirectUri);
  expect(params).toEqual({ code: expect.any(String), iss: asker.issuer, ...(state !== undefined && { state }) });
  return params['code'] as string;
}

/** Which of our pages a person is at, with the headers every one of them must have (AZ-10). */
export function expectPage(answer: Answer, which: 'sign-on' | 'consent', status = 200): void {
  expectClean(answer);
  expect([answer.status, answer.location]).toEqual([status, undefined]);
  const actions = [...answer.text.matchAll(/name="action" value="([^"]*)"/g)].map(([, action]) => action);
  expect(actions).toContain(which === 'consent' ? 'user.consent' : 'usernamePassword.check');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
  });
}

/** `E(status error)`: what a client library gets. */
export function expectJsonError(answer: Answer, status: number, error: string, ...secrets: string[]): void {
  expectRefusal(answer, ...secrets);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect([answer.status, answer.error]).toEqual([status, error]);
  const { error_description: description = 'none' } = answer.json<{ error_description?: string }>();
  expect(description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
}

/** Sends the request as it is, then with headers that name another host: four times the same verdict. @returns the first */
export async function sameVerdict(send: () => Promise<Answer>): Promise<Answer> {
  const plain = await send();
  for (const spoof of SPOOFS) {
    const spoofed = await sendingAlso(spoof, send);
    expectClean(spoofed);
    expect({ spoof, ...verdictOf(spoofed) }).toEqual({ spoof, ...verdictOf(plain) });
  }
  return plain;
}

/** `∆0`: whatever happens in here changes no row of the environment. */
export async function unchanged<T>(storage: Storage, environmentId: string, act: () => Promise<T>): Promise<T> {
  const before = await storage.fingerprint(environmentId);
  const result = await act();
  expect(await storage.fingerprint(environmentId)).toEqual(before);
  return result;
}

function verdictOf(answer: Answer): object {
  const { status, location, text } = answer;
  const json = answer.headers.get('content-type')?.startsWith('application/json') ? answer.error : undefined;
  return { status, location: withoutIds(location), error: json, page: /<h1[^>]*>.*?<\/h1>/s.exec(text)?.[0] };
}

/** What an answer tells the client, whatever response mode carries it; each name once. */
function answerFields(answer: Answer, redirectUri: string): Record<string, string> {
  if (answer.location === undefined) {
    expect([answer.status, answer.formAction()]).toEqual([200, redirectUri]);
    return answer.hiddenFields();
  }
  expect([302, 303]).toContain(answer.status);
  expect(answer.location.startsWith(redirectUri)).toBe(true);
  expect(answer.location[redirectUri.length]).toMatch(redirectUri.includes('?') ? /[&#]/ : /[?#]/);
  const pairs = [...new URLSearchParams(answer.location.slice(redirectUri.length + 1))];
  const fields = Object.fromEntries(pairs);
  expect(Object.keys(fields)).toHaveLength(pairs.length);
  return fields;
}

/** What differs from one request to the next by design. */
function withoutIds(text: string | undefined): string | undefined {
  return text
    ?.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '(id)')
    .replaceAll(/gwac_[\w-]+\.[\w-]+/g, '(code)');
}
