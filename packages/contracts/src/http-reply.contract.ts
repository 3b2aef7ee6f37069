import { CookieName } from './http-call.contract.js';
import { PageModel } from './page.contract.js';

/** What a service answers; the gateway turns it into HTTP. */
export type HttpReply = JsonReply | RedirectReply | FormPostReply | PageReply | EmptyReply;

interface ReplyFrame {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly CookieChange[];
}

export interface JsonReply extends ReplyFrame {
  readonly kind: 'json';
  readonly status: number;
  readonly body: unknown;
}

/** Always 303: the browser must not repeat a POST with a password at the next address (AZ-08). */
export interface RedirectReply extends ReplyFrame {
  readonly kind: 'redirect';
  readonly location: string;
}

/** A page that posts `fields` to the client by itself (OAuth 2.0 Form Post Response Mode §2). */
export interface FormPostReply extends ReplyFrame {
  readonly kind: 'form_post';
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface PageReply extends ReplyFrame {
  readonly kind: 'page';
  readonly status: number;
  readonly page: PageModel;
}

export interface EmptyReply extends ReplyFrame {
  readonly kind: 'empty';
  readonly status: number;
}

export interface CookieChange {
  readonly name: CookieName;
  /** Null takes the cookie away. */
  readonly value: string | null;
  /** Seconds; without it the cookie ends with the browser's run. */
  readonly maxAge?: number;
}
