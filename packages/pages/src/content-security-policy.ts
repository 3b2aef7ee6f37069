import type { PageModel } from '@grantway/contracts';

export interface PolicyOptions {
  /**
   * Addresses a form on the page may lead to besides our own: redirect URIs, origins, or schemes (`com.example.app:`).
   * Only the origin or scheme counts.
   */
  readonly formAction?: readonly string[];
  /** The page has a script of ours. */
  readonly script?: boolean;
}

/**
 * The `Content-Security-Policy` of a page (AZ-10, AZ-11): our stylesheet, our pictures, our forms, and nothing inline.
 *
 * Chromium applies `form-action` not only to where a form is sent but to every redirect that follows. A sign-on or consent
 * POST ends in a 303 to the client's redirect URI, so with `'self'` alone the browser stays on the page and says nothing;
 * the client's origin or private scheme must be listed. The same goes for what the client does next: a callback that
 * redirects to a second origin needs that one listed too, or `https:`.
 */
export function contentSecurityPolicy({ formAction = [], script = false }: PolicyOptions = {}): string {
  const targets = new Set(["'self'", ...formAction.flatMap((address) => formTarget(address) ?? [])]);
  return [
    "default-src 'none'",
    "style-src 'self'",
    ...(script ? ["script-src 'self'"] : []),
    "img-src 'self' data:",
    "base-uri 'none'",
    `form-action ${[...targets].join(' ')}`,
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The policy for what `renderPage` makes of a model. */
export function pagePolicy(model: PageModel): string {
  return contentSecurityPolicy('form' in model ? { formAction: model.form.formTargets ?? [] } : {});
}

/** The policy for what `renderFormPost` makes; `onward` are origins the client's answer may redirect to. */
export function formPostPolicy(action: string, onward: readonly string[] = []): string {
  return contentSecurityPolicy({ formAction: [action, ...onward], script: true });
}

/** Schemes that run or read something instead of going somewhere. */
const NEVER = new Set(['javascript:', 'data:', 'blob:', 'filesystem:', 'file:', 'about:', 'vbscript:', 'view-source:']);

/** The CSP source for an address, or nothing when there is none: an address that is not listed is not reachable. */
function formTarget(address: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:$/i.test(address))
    return NEVER.has(address.toLowerCase()) ? undefined : address.toLowerCase();
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, origin } = new URL(address);
  if (NEVER.has(protocol)) return undefined;
  if (protocol !== 'https:' && protocol !== 'http:') return protocol;
  // CSP3 §2.3.1: a host source cannot be an IPv6 literal; browsers skip it.
  if (hostname.startsWith('[')) return protocol;
  // URLs allow `;` `,` and `*` in a host. There they would end the directive, or widen it.
  return /^[a-z0-9._-]+$/.test(hostname) ? origin : undefined;
}
