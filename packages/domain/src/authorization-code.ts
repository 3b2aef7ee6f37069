import { CodeChallengeMethod } from '@grantway/protocol';
import { Authorization } from './authorization.js';

/** A14, FAPI 1: the fifth wrong verifier spends the code. */
export const MOST_VERIFIER_FAILURES = 5;

export interface NewAuthorizationCode {
  readonly environmentId: string;
  readonly clientId: string;
  readonly authorization: Authorization;
  /** Set only if the authorization request carried it (RFC 6749 §4.1.3). */
  readonly redirectUri?: string;
  readonly nonce?: string;
  readonly codeChallenge?: string;
  readonly codeChallengeMethod?: CodeChallengeMethod;
  /** Seconds. */
  readonly lifetime: number;
}

export interface AuthorizationCode extends Omit<NewAuthorizationCode, 'lifetime'> {
  readonly id: string;
  readonly state: CodeState;
}

/** `spent` tells what came of it and how long ago, in milliseconds of the database's clock. */
export type CodeState =
  | { readonly kind: 'live' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'guessed' }
  | { readonly kind: 'spent'; readonly authorizationId: string; readonly ago: number };

export abstract class AuthorizationCodes {
  /** Undefined when unknown, malformed, another environment's, or its secret is wrong. */
  abstract find(environmentId: string, code: string): Promise<AuthorizationCode | undefined>;

  /** Counts a wrong verifier; parallel guesses count each (CO-09). */
  abstract countFailure(id: string): Promise<void>;
}
