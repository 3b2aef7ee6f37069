import { AuthorizationRequest } from './authorization-request.js';

/** PingOne's status words for the steps that exist so far. */
export type FlowStatus = 'USERNAME_PASSWORD_REQUIRED' | 'AGREEMENT_CONSENT_REQUIRED' | 'COMPLETED' | 'FAILED';

/** One login-or-consent visit: from an authorization request that needs a person to its resumption. */
export interface Flow {
  readonly id: string;
  readonly environmentId: string;
  readonly status: FlowStatus;
  readonly request: AuthorizationRequest;
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
  readonly request: AuthorizationRequest;
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
  readonly lifetime: number;
}

export abstract class Flows {
  abstract begin(flow: NewFlow): Promise<string>;

  /** Undefined when unknown, another environment's, or expired. */
  abstract find(environmentId: string, id: string): Promise<Flow | undefined>;

  /** Moves a live flow from `from` to `step.to` in one write; false when it stands elsewhere by now (a repeated or raced step). */
  abstract advance(environmentId: string, id: string, from: FlowStatus, step: FlowStep): Promise<boolean>;

  /** A16: a flow that came to nothing is answered once; undefined for every later call. A completed one ends with its code. */
  abstract resume(environmentId: string, id: string): Promise<Flow | undefined>;
}
