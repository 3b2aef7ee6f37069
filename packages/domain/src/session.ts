import { UserOfSession } from './user.js';

/** The browser's standing with one environment. */
export interface Session {
  readonly id: string;
  readonly environmentId: string;
  readonly userId: string;
  readonly authTime: Date;
  readonly acr: string;
  readonly amr: readonly string[];
}

export interface NewSession {
  readonly environmentId: string;
  readonly userId: string;
  readonly acr: string;
  readonly amr: readonly string[];
  /** Seconds. */
  readonly idle: number;
  /** Seconds. */
  readonly absolute: number;
}

/** A session, and what its cookie holds. */
export interface NewlySignedOn {
  readonly session: Session;
  readonly handle: string;
}

/** A session, as its cookie finds it. */
export interface FoundSession extends Session, UserOfSession {}

export abstract class Sessions {
  /** Every sign-on makes a new session with a new handle, so a planted cookie is worth nothing (AZ-15). */
  abstract create(session: NewSession): Promise<NewlySignedOn>;

  /**
   * The same person signed on again: the session stays what tokens are bound to, under a new handle and with a new `authTime`;
   * the handle it had is worth nothing from then on (AZ-15). Undefined when it ended meanwhile or is somebody else's.
   */
  abstract renew(id: string, session: NewSession): Promise<NewlySignedOn | undefined>;

  /** The live session a cookie names; undefined for an altered, foreign, ended or expired one (SE-03). Slides the idle limit. */
  abstract find(environmentId: string, handle: string, idle: number): Promise<FoundSession | undefined>;

  /** By its id, as an `id_token_hint` names it; undefined when it ended or expired. Slides nothing. */
  abstract findById(environmentId: string, id: string): Promise<Session | undefined>;

  /** Ending it twice is no error. Refresh tokens bound to it stop working (R9). */
  abstract end(environmentId: string, id: string): Promise<void>;
}
