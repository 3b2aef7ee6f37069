import type { Person } from '../installation.js';
import type { Browser } from '../load/browser.js';

/** Something that is measured: a server of tokens that is started, loaded and stopped. */
export interface Contender {
  /** As in the table: `grantway-standalone`. */
  readonly name: string;
  /** The ids of the workloads it cannot do. */
  readonly without: readonly string[];
  /** @throws Error with the last lines of the process that did not come up; nothing is left running */
  start(): Promise<Running>;
}

export interface Running {
  readonly target: Target;
  /** Whose CPU time and memory count; the processes they started count with them. */
  processes(): readonly MeasuredProcess[];
  /** Ends the servers, but no database that stands beside them. */
  pause(): Promise<void>;
  /** Starts them again. @returns when they are ready */
  resume(): Promise<void>;
  /** Of one whose database can be filled from outside. */
  readonly databaseUrl?: string;
  /** Ends all of it. Safe to call twice. */
  stop(): Promise<void>;
}

export interface MeasuredProcess {
  /** `token-1`, `postgres`, `nats-server`. */
  readonly name: string;
  readonly pid: number;
}

/** What a load has to know of a running contender. All addresses are absolute. */
export interface Target {
  readonly token: string;
  readonly authorize: string;
  readonly introspection: string;
  readonly discovery: string;
  readonly jwks: string;
  readonly deviceAuthorization: string;
  readonly pushedRequest: string;
  /** Tokens of which scope can be introspected; absent: the opaque ones. */
  readonly introspected?: string;
  /**
   * Signs a person on in a browser that has no cookie yet, and allows what is asked, page by page as a person would.
   *
   * @param authorizeUrl with all its parameters
   * @returns the address the browser is sent back to, with the code in it
   */
  signIn(browser: Browser, authorizeUrl: string, person: Person): Promise<string>;
}
