import { CodeChallengeMethod, Prompt, ResponseMode, ResponseType } from '@grantway/protocol';

/** An authorization request every check has passed; plain data, so a flow can carry it. */
export interface AuthorizationRequest {
  readonly clientId: string;
  /** Where the answer goes: the string the client sent, or its only registered one; `pi.flow` may do without. */
  readonly redirectUri?: string;
  /** RFC 6749 §4.1.3: the token request must repeat `redirect_uri` only if it was sent here. */
  readonly redirectUriSent: boolean;
  readonly responseType: ResponseType;
  readonly responseMode: ResponseMode;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly state?: string;
  readonly nonce?: string;
  readonly codeChallenge?: string;
  readonly codeChallengeMethod?: CodeChallengeMethod;
  readonly prompts: readonly Prompt[];
  /** Seconds. */
  readonly maxAge?: number;
  readonly loginHint?: string;
  /** The `sub` of a verified `id_token_hint`; empty for one that could not be read, which fits nobody who is there already. */
  readonly hintedSubject?: string;
  /** The pushed request this came from; spent with the answer (PR-01). */
  readonly pushedRequestId?: string;
}
