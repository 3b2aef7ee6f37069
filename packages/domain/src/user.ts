/** The person in the browser, the `sub` of a token. */
export interface User {
  readonly environmentId: string;
  readonly id: string;
  readonly username: string;
  readonly status: UserStatus;
  /** OIDC Core §5.1 claims by their wire names, without `sub`. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly passwordChangedAt: Date;
  /** The password still signs on, but only to be changed; no grant takes it. */
  readonly mustChangePassword: boolean;
}

/** Who a session says its user is. */
export interface UserOfSession {
  readonly environmentId: string;
  readonly userId: string;
  /** Whom the table of local users has under that id, for the directory that keeps its users there. */
  readonly localUser?: User;
}

/** Two spellings that look the same are the same name. */
export function nameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase();
}

/** `unverified`: registered, and the code that was sent to them not yet given back. */
export type UserStatus = 'active' | 'locked' | 'disabled' | 'unverified';

export interface Registration {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Where users live. The local table is one implementation; a team may plug in its own.
 * Implementations throw when their storage is away: an outage is never an answer (I4).
 */
export abstract class UserDirectory {
  abstract find(environmentId: string, id: string): Promise<User | undefined>;

  /** Whose session it is. A directory of its own looks there, and nowhere else. */
  ofSession({ environmentId, userId }: UserOfSession): Promise<User | undefined> {
    return this.find(environmentId, userId);
  }

  /**
   * The user whose name and password these are, whatever their status.
   * Takes the same time for an unknown name as for a wrong password (SE-02).
   */
  abstract authenticate(environmentId: string, username: string, password: string): Promise<User | undefined>;

  /** By the name people sign on with, in any spelling of it. */
  abstract findByUsername(environmentId: string, username: string): Promise<User | undefined>;

  /** Sets it, and that it need not be changed. @returns false when there is no such user */
  abstract setPassword(environmentId: string, id: string, password: string): Promise<boolean>;

  /** A new `unverified` user, or undefined when the name is taken, also as another user's e-mail address (CVE-2024-1722). */
  abstract register(environmentId: string, registration: Registration): Promise<User | undefined>;

  /** An `unverified` user becomes `active`, with `email_verified`. @returns false for anybody else */
  abstract verify(environmentId: string, id: string): Promise<boolean>;

  /** The code a user set for backchannel requests (CIBA Core §7.1), in constant time. */
  abstract checkUserCode(environmentId: string, id: string, code: string): Promise<'right' | 'wrong' | 'not_set'>;
}
