/** A client or an API the playground plays; a public client has no secret. */
export interface Credentials {
  id: string;
  secret?: string;
}

/** `orders` and `ledger` are APIs that introspect; the others are clients, `device` and `front` public ones. */
export type Role = 'device' | 'front' | 'ciba' | 'machine' | 'exchange' | 'password' | 'orders' | 'ledger';

export type Roles = Record<Role, Credentials>;

export interface PlaygroundOptions {
  /** The authorization server to sign in at, exactly as its metadata spells it. */
  issuer: string;
  /** A public client whose redirect URI is `<where the playground is served>/callback`. */
  clientId: string;
  /** What the page asks for until the person edits it, separated by spaces. */
  scope: string;
  /** Where the playground is mounted: `/playground`, or nothing for the root. */
  basePath?: string;
  /** A sentence for the person about what can be asked for, shown beside the scope. */
  resourceNote?: string;
  /** Who plays what in the tabs beside the sign-in; what is left out is as in the demo environment. */
  roles?: Partial<Roles>;
  /** The origin people open the page at. Its scripts alone may use the backend; left out, the `Host` header is believed. */
  origin?: string;
}

/** By lower-case names, as Node has them. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface PlaygroundAnswer {
  status: number;
  /** Lower-case names; `content-length` is that of the GET, also when the body is left out for HEAD. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface Playground {
  /** The base path as it is matched: without a trailing slash, empty for the root. */
  basePath: string;
  /** `url` is the request target; a query is ignored. Undefined when the path is outside the playground. */
  handle(
    method: string,
    url: string,
    headers?: RequestHeaders,
    body?: Uint8Array,
  ): Promise<PlaygroundAnswer | undefined>;
}

/** Bytes of a request's body that are looked at; more is refused, so nobody needs to read it. */
export declare const LARGEST_BODY: number;

/** The demo environment's clients and APIs. */
export declare const DEMO: Roles;

export declare function createPlayground(options: PlaygroundOptions): Playground;
