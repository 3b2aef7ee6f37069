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
}

export interface PlaygroundAnswer {
  status: number;
  /** Lower-case names; `content-length` is that of the GET, also when the body is left out for HEAD. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface Playground {
  /** The base path as it is matched: without a trailing slash, empty for the root. */
  basePath: string;
  /** `path` is the request target; a query is ignored. Undefined when the path is outside the playground. */
  answer(path: string, method?: string): PlaygroundAnswer | undefined;
}

export declare function createPlayground(options: PlaygroundOptions): Playground;
