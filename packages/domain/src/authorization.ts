import { ScopeSet } from '@grantway/protocol';

/** How and when the subject proved who they are. */
export interface Authentication {
  readonly time: Date;
  readonly acr: string;
  readonly amr: readonly string[];
  /** The browser's session; a password sent to the token endpoint has none. */
  readonly sessionId?: string;
}

/** Whom a token is about: a person, a client for itself, or a service account. Their ids never meet (TX-03). */
export type Subject = { readonly kind: SubjectKind; readonly id: string };
export type SubjectKind = 'user' | 'client' | 'service_account';

/** What was allowed: whom the tokens are about, and the most they may carry. */
export interface Authorization {
  readonly subject: Subject;
  /** The authorized scope. */
  readonly scope: ScopeSet;
  /** Audiences of the resources it was limited to (RFC 8707); empty means whatever its scopes name. */
  readonly resources: readonly string[];
  readonly authentication?: Authentication;
}

/** An authorization as we keep it, the parent of every token issued from it. */
export interface StoredAuthorization extends Authorization {
  readonly id: string;
  readonly environmentId: string;
  readonly clientId: string;
  readonly createdAt: Date;
  readonly revoked: boolean;
  /** Whether it outlives the session it began in (OIDC Core §11). */
  readonly offline: boolean;
  /** How many exchanges it came of; absent where it came of none. */
  readonly derivationDepth?: number;
}

/** A token family: one row for ever (design section 4.3). Ages are measured by the database's clock. */
export interface TokenFamily extends StoredAuthorization {
  readonly generation: number;
  readonly salt: Uint8Array;
  /** Milliseconds since the current generation was issued. */
  readonly sinceRotation: number;
  readonly expired: boolean;
  /** False once the session ended, for a family that is bound to it. */
  readonly sessionLive: boolean;
}

/** The artifact an issuance spends, named by the grant and spent by the pipeline (design section 4.2). */
export type Spend = Redeemable | { readonly refreshToken: PresentedGeneration };

/** A single-use artifact that becomes an authorization, by its id. */
export type Redeemable =
  | { readonly authorizationCode: string }
  | { readonly deviceCode: string }
  | { readonly backchannelRequest: string }
  | { readonly once: OnceArtifact };

/** An artifact that only a grant knows: a step-up code, a voucher, a ticket of a system of the company's own. */
export interface OnceArtifact {
  /** What tells it from every other of its grant type in its environment: 1–255 characters, and no secret. */
  readonly id: string;
  /** The grant type whose it is; two grants may use the same ids. */
  readonly grantType: string;
  /** When it ends by itself, at most a day ahead. Its use is remembered for a day longer. */
  readonly until: Date;
}

/** What came of an artifact that was spent. */
export interface SpentOnce {
  readonly authorizationId: string;
  /** Milliseconds ago, by the database's clock. */
  readonly ago: number;
}

/** A refresh token as it was presented: one generation of a family. */
export interface PresentedGeneration {
  readonly family: TokenFamily;
  readonly generation: number;
  /** Seconds a superseded generation is still answered with its successor. */
  readonly grace: number;
}

export interface NewTokenFamily {
  readonly salt: Uint8Array;
  /** Seconds. */
  readonly idle: number;
  /** Seconds. */
  readonly absolute: number;
}

export interface NewAuthorization {
  readonly environmentId: string;
  readonly clientId: string;
  readonly authorization: Authorization;
  readonly offline: boolean;
  readonly family?: NewTokenFamily;
  /** The authorization whose token was exchanged for this: it ends with that, and with the session of that (RFC 8693). */
  readonly derivedFrom?: string;
}

export abstract class Authorizations {
  /**
   * Spends the artifact and records what was allowed, in one statement. A device code or backchannel request must be approved.
   * @returns the authorization's id, or undefined when the artifact was no longer there to spend, or the session it came of was
   * signed off and the authorization would end with it (R9)
   */
  abstract redeem(artifact: Redeemable, authorization: NewAuthorization): Promise<string | undefined>;

  /** Undefined while nobody spent it. */
  abstract findSpent(environmentId: string, artifact: OnceArtifact): Promise<SpentOnce | undefined>;

  /** Records what was allowed where nothing is spent: password, token exchange, a team's grant. @returns its id */
  abstract record(authorization: NewAuthorization): Promise<string>;

  /** Undefined when unknown, another environment's, or without refresh tokens. */
  abstract findFamily(environmentId: string, id: string): Promise<TokenFamily | undefined>;

  /**
   * Replaces `generation` by its successor, or finds that this was done less than `grace` seconds ago.
   * @param idle seconds the successor may stay unused
   * @returns the successor's generation, or undefined when the presented one is no longer good
   */
  abstract rotate(id: string, generation: number, limits: { grace: number; idle: number }): Promise<number | undefined>;

  /** Everything issued from it is dead from now on, on every replica. Repeating it is no error. */
  abstract revoke(environmentId: string, id: string): Promise<void>;

  /** Undefined when unknown or another environment's; ended ones are returned and say so. */
  abstract find(environmentId: string, id: string): Promise<StoredAuthorization | undefined>;

  /** Whether tokens issued from it are still good: it, its user's consent and its session (unless offline) stand. */
  abstract isLive(environmentId: string, id: string): Promise<boolean>;
}
