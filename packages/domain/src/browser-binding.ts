import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A random value in a cookie of the browser that began a flow; only that browser may go on with it (CVE-2022-39222). */
export interface BrowserBinding {
  readonly cookie: string;
  readonly hash: Buffer;
}

/** Seconds. Kept, so that two first visits at once, of which only one cookie survives, stay rare. */
const COOKIE_LIFE = 31_536_000;
const COOKIE = /^[A-Za-z0-9_-]{43}$/;

/** The browser's binding, or a new one when it has none yet. */
export function bindBrowser(cookie: string | undefined): BrowserBinding {
  const value = cookie !== undefined && COOKIE.test(cookie) ? cookie : randomBytes(32).toString('base64url');
  return { cookie: value, hash: hashOf(value) };
}

/** How the browser is told of its binding. */
export function browserCookie({ cookie }: BrowserBinding): { name: 'browser'; value: string; maxAge: number } {
  return { name: 'browser', value: cookie, maxAge: COOKIE_LIFE };
}

export function isBoundTo(hash: Uint8Array, cookie: string | undefined): cookie is string {
  return cookie !== undefined && COOKIE.test(cookie) && timingSafeEqual(hashOf(cookie), hash);
}

/** AZ-15: what a form of this flow in this browser must carry. Derived, so nothing is stored and tabs do not fight. */
export function csrfToken(cookie: string, flowId: string): string {
  return createHmac('sha256', cookie).update(`csrf.${flowId}`).digest('base64url');
}

export function isCsrfToken(presented: string | undefined, cookie: string, flowId: string): boolean {
  const wanted = Buffer.from(csrfToken(cookie, flowId));
  const given = Buffer.from(presented ?? '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function hashOf(cookie: string): Buffer {
  return createHash('sha256').update(cookie).digest();
}
