export type OneTimeCodePurpose = 'recovery' | 'verification';

/** Whose a code is: a person's, in the flow that asked for it. In any other it is as good as none. */
export interface OneTimeCodeKey {
  readonly environmentId: string;
  readonly purpose: OneTimeCodePurpose;
  readonly flowId: string;
  readonly userId: string;
}

/** Whose a code is that was asked for in the name of nobody: no user has an empty id. It is stored and never sent (SE-02). */
export const NOBODYS_CODE = '';

/**
 * Codes sent to a person out of band; one live code per flow and purpose, at most five tries (seeds 1.4). Whoever asks in
 * another flow neither replaces it nor uses up its tries.
 */
export abstract class OneTimeCodes {
  /** Replaces the one before. @param codeHash a keyed hash. @param lifetime seconds */
  abstract issue(key: OneTimeCodeKey, codeHash: Uint8Array, lifetime: number): Promise<void>;

  /** Spends it if it is the right one, and counts the try if not; of parallel tries with the right one, one succeeds. */
  abstract redeem(key: OneTimeCodeKey, codeHash: Uint8Array): Promise<boolean>;
}

export const MOST_ONE_TIME_CODE_TRIES = 5;

/** A code to be sent to whoever has this name, if anybody has. */
export interface CodeRequest {
  readonly environmentId: string;
  readonly purpose: OneTimeCodePurpose;
  /** The flow it is good in. */
  readonly flowId: string;
  readonly username: string;
}

/**
 * Codes on their way to people. Durable: what was accepted is delivered at least once, or given up visibly.
 *
 * The code is drawn when it is sent, so none waits anywhere, a late one has its full life, and asking takes the same time
 * whether there is such a person or not (SE-02, CVE-2023-39522).
 */
export abstract class CodeMessages {
  abstract request(code: CodeRequest): Promise<void>;
}
