/** The person in the browser, the `sub` of a token. */
export interface User {
  readonly environmentId: string;
  readonly id: string;
  readonly username: string;
  readonly status: UserStatus;
  /** OIDC Core §5.1 claims by their wire names, without `sub`. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly passwordChangedAt: Date;
}

export type UserStatus = 'active' | 'locked' | 'disabled';

/**
 * Where users live. The local table is one implementation; a team may plug in its own.
 * Implementations throw when their storage is away: an outage is never an answer (I4).
 */
export abstract class UserDirectory {
  abstract find(environmentId: string, id: string): Promise<User | undefined>;

  /**
   * The user whose name and password these are, whatever their status.
   * Takes the same time for an unknown name as for a wrong password (SE-02).
   */
  abstract authenticate(environmentId: string, username: string, password: string): Promise<User | undefined>;
}
