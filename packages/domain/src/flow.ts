import { ScopeSet } from '@grantway/protocol';
import { AuthorizationRequest } from './authorization-request.js';
import { FoundSession, NewlySignedOn, NewSession } from './session.js';

/** PingOne's status words for the steps that exist. */
export type FlowStatus =
  | 'USERNAME_PASSWORD_REQUIRED'
  | 'PASSWORD_REQUIRED'
  | 'MUST_CHANGE_PASSWORD'
  | 'RECOVERY_CODE_REQUIRED'
  | 'VERIFICATION_CODE_REQUIRED'
  | 'AGREEMENT_CONSENT_REQUIRED'
  | 'DAG_USER_CODE_REQUIRED'
  | 'DAG_CONSENT_REQUIRED'
  | 'COMPLETED'
  | 'FAILED';

/** What a visit is for, and what it found out on the way. */
export type FlowPurpose = VisitPurpose & {
  /** The name the person says is theirs; proves nothing. */
  readonly claimedName?: string;
  /** This visit gave them a new password; they sign on with it next. */
  readonly passwordChanged?: true;
};

type VisitPurpose =
  | { readonly kind: 'authorize'; readonly request: AuthorizationRequest }
  | {
      readonly kind: 'device';
      /** The client whose own device page it is (D10). */
      readonly clientId?: string;
      /** From the address; it only fills in the field (D6). */
      readonly userCode?: string;
      /** Set once the person entered the right code. */
      readonly deviceAuthorizationId?: string;
    }
  /** To be signed on, for a page of ours. */
  | { readonly kind: 'sign_on'; readonly returnTo: 'approvals' };

/** One login-or-consent visit: from what needs a person to its resumption. */
export interface Flow {
  readonly id: string;
  readonly environmentId: string;
  readonly status: FlowStatus;
  readonly purpose: FlowPurpose;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Hash of the cookie of the browser that began it; no other browser can go on with it (CVE-2022-39222). */
  readonly browserHash: Uint8Array;
  /** The session the visit ended up with. */
  readonly sessionId?: string;
  readonly userId?: string;
  /** When this visit made the person sign on again; the session must be renewed since. */
  readonly signedOnAt?: Date;
  readonly resumed: boolean;
}

export interface NewFlow {
  readonly environmentId: string;
  readonly status: FlowStatus;
  readonly purpose: FlowPurpose;
  readonly browserHash: Uint8Array;
  readonly sessionId?: string;
  readonly userId?: string;
  /** Seconds until it dies if nothing happens. */
  readonly lifetime: number;
}

export interface FlowStep {
  readonly to: FlowStatus;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly signedOn?: boolean;
  /** Whoever it was is not the one who goes on: person, session and sign-on are unlearnt. */
  readonly forget?: true;
  /** What the step found out. */
  readonly purpose?: FlowPurpose;
  /** What the person allowed a client with it; remembered with the step or not at all. */
  readonly consent?: { readonly userId: string; readonly clientId: string; readonly scope: ScopeSet };
  readonly lifetime: number;
}

/** A person signed on, and gets a session of their own. */
export interface SignOnStep {
  readonly to: FlowStatus;
  readonly purpose: FlowPurpose;
  readonly session: NewSession;
  /** The session of somebody else that the browser had before; it ends. */
  readonly replaces?: string;
  readonly lifetime: number;
}

/** A flow, and the session of the browser that comes for it. */
export interface FlowAndSession {
  readonly flow: Flow;
  readonly session?: FoundSession;
}

export abstract class Flows {
  abstract begin(flow: NewFlow): Promise<string>;

  /** Undefined when unknown, another environment's, or expired. */
  abstract find(environmentId: string, id: string): Promise<Flow | undefined>;

  /**
   * What {@link find} says of the flow and `Sessions.find` of the cookie, in one read.
   *
   * @param cookie of whoever comes, whether or not the flow signed on with it
   * @param idle as for `Sessions.find`
   */
  abstract findWithSession(
    environmentId: string,
    id: string,
    cookie: string | undefined,
    idle: number,
  ): Promise<FlowAndSession | undefined>;

  /** Moves a live flow from `from` to `step.to` in one write; false when it stands elsewhere by now (a repeated or raced step). */
  abstract advance(environmentId: string, id: string, from: FlowStatus, step: FlowStep): Promise<boolean>;

  /**
   * Moves a live flow from `from` with a session that is new, in one write (AZ-15); undefined when it stands elsewhere by now, and
   * then no session was made and none ended.
   */
  abstract signOn(
    environmentId: string,
    id: string,
    from: FlowStatus,
    step: SignOnStep,
  ): Promise<NewlySignedOn | undefined>;

  /** A16: a flow that came to nothing is answered once; undefined for every later call. A completed one ends with its code. */
  abstract resume(environmentId: string, id: string): Promise<Flow | undefined>;
}
