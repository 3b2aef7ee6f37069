/** What a page shows a person; `pages` turns it into HTML. Everything in it is plain text, encoded when rendered. */
export type PageModel = SignOnPage | ConsentPage | ErrorPage;

/** Where a page's form goes, and what it must carry back. */
export interface FlowForm {
  readonly action: string;
  readonly flowId: string;
  /** Bound to this flow and this browser (AZ-15). */
  readonly csrf: string;
  /**
   * Where the redirects after this form may lead: the client's redirect URI, an origin, or a private scheme
   * (`com.example.app:`). Chromium applies a page's CSP `form-action` to every redirect that follows a POST, so without
   * this the 303 to the client is blocked without a word. A callback that itself redirects to another origin needs that
   * one here as well, or `https:`.
   */
  readonly formTargets?: readonly string[];
}

export interface SignOnPage {
  readonly page: 'sign-on';
  readonly environmentName: string;
  readonly clientName: string;
  readonly form: FlowForm;
  readonly username?: string;
  readonly problem?: SignOnProblem;
}

export type SignOnProblem =
  | { readonly kind: 'missing'; readonly fields: readonly ('username' | 'password')[] }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly seconds: number };

export interface ConsentPage {
  readonly page: 'consent';
  readonly environmentName: string;
  readonly clientName: string;
  /** Where the answer goes: a host, or an app's private scheme. */
  readonly destination: string;
  readonly username: string;
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
  readonly form: FlowForm;
}

export interface ErrorPage {
  readonly page: 'error';
  /** Whose page it is, once that is known. */
  readonly environmentName?: string;
  readonly status: number;
  /** One of the kinds below; its words live in `pages`. */
  readonly kind: ErrorPageKind;
  /** The protocol's code, for the developer who is looking. */
  readonly code?: string;
  /** What exactly was wrong, for the developer who is looking. */
  readonly description?: string;
  readonly requestId: string;
  /** Seconds, when trying again later helps. */
  readonly retryAfter?: number;
}

export type ErrorPageKind =
  | 'bad_request'
  | 'flow_expired'
  | 'other_browser'
  | 'forged'
  | 'not_found'
  | 'method'
  | 'too_large'
  | 'too_many'
  | 'unavailable'
  | 'fault';
