import { ScopeSet } from '@grantway/protocol';

/** How and when the subject proved who they are. */
export interface Authentication {
  readonly time: Date;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly sessionId: string;
}

export type Subject = { readonly kind: 'user'; readonly id: string } | { readonly kind: 'client'; readonly id: string };

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
export type Spend = { readonly authorizationCode: string } | { readonly refreshToken: PresentedGeneration };

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
}

export abstract class Authorizations {
  /**
   * Spends the code and records what was allowed, in one statement.
   * @returns the authorization's id, or undefined when the code was no longer there to spend
   */
  abstract redeemCode(codeId: string, authorization: NewAuthorization): Promise<string | undefined>;

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

  /** Whether tokens issued from it are still good: it, its user's consent and its session (unless offline) stand. */
  abstract isLive(environmentId: string, id: string): Promise<boolean>;
}
