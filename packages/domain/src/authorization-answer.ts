import { NewAuthorization } from './authorization.js';
import { NewAuthorizationCode } from './authorization-code.js';

/** What must still be open for an answer to go out; it is closed with it. */
export interface AnswerGrounds {
  readonly environmentId: string;
  readonly clientId: string;
  /** A completed flow that was not finished before (A16). */
  readonly flowId?: string;
  /** A pushed request that was not used before (PR-01); its age no longer counts, because it was opened in time. */
  readonly pushedRequestId?: string;
}

/** What an authorization response hands out, all about one subject: a code, tokens of their own authorization, or both (hybrid). */
export interface NewAnswer {
  readonly code?: NewAuthorizationCode;
  readonly authorization?: NewAuthorization;
}

export interface IssuedAnswer {
  /** The code as the client gets it. */
  readonly code?: string;
  readonly authorizationId?: string;
}

/** The good ends of authorization requests. */
export abstract class AuthorizationAnswers {
  /**
   * Closes the grounds and records what the answer hands out, in one statement.
   * @returns undefined when flow or pushed request was used before; then nothing was recorded
   */
  abstract issue(grounds: AnswerGrounds, answer: NewAnswer): Promise<IssuedAnswer | undefined>;
}
