import { addressKey } from './address-key.js';
import { Attempt, AttemptLimits, SIGN_ON_PER_ADDRESS, SIGN_ON_PER_USER } from './attempt-limit.js';
import { LONGEST_CREDENTIAL } from './typed-text.js';
import { nameKey, User, UserDirectory } from './user.js';

export interface PasswordAttempt {
  readonly environmentId: string;
  readonly username: string;
  readonly password: string;
  /** Where it came from. */
  readonly ip: string;
}

/** `wrong` says nothing of why (SE-02). */
export type PasswordOutcome =
  | { readonly kind: 'right'; readonly user: User }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly seconds: number };

/** A try at a name and a password, with the same counters wherever it is made: sign-on page, flows API, password grant (SE-01). */
export class PasswordCheck {
  constructor(
    private readonly users: UserDirectory,
    private readonly limits: AttemptLimits,
  ) {}

  /**
   * @param welcome whom the caller would go on with; anybody else with the right password looks like a wrong one, here and in
   *   the counters
   */
  async try(attempt: PasswordAttempt, welcome: (user: User) => boolean = isActive): Promise<PasswordOutcome> {
    const { environmentId, username, password, ip } = attempt;
    const userKey = userKeyOf(environmentId, username);
    const perAddress: Attempt = [SIGN_ON_PER_ADDRESS, `${environmentId}|${addressKey(ip)}`];
    // The right password waits as well: else guessing would show when it was right (SE-01).
    const seconds = await this.limits.count([[SIGN_ON_PER_USER, userKey], perAddress]);
    if (seconds > 0) return { kind: 'wait', seconds };

    const tooLong = username.length > LONGEST_CREDENTIAL || password.length > LONGEST_CREDENTIAL;
    const user = tooLong ? undefined : await this.users.authenticate(environmentId, username, password);
    if (!user || !welcome(user)) return { kind: 'wrong' };
    await this.limits.succeed(SIGN_ON_PER_USER, userKey, perAddress);
    return { kind: 'right', user };
  }

  /** For audit events: whose name was tried, where somebody has it. What nobody has may be a password in the wrong field. */
  async whose(environmentId: string, username: string): Promise<string | undefined> {
    if (username.length > LONGEST_CREDENTIAL) return undefined;
    return (await this.users.findByUsername(environmentId, username))?.id;
  }

  /** Whoever proved otherwise who they are need not wait for what somebody else guessed (CVE-2024-1722). */
  async forgive(environmentId: string, username: string): Promise<void> {
    await this.limits.succeed(SIGN_ON_PER_USER, userKeyOf(environmentId, username));
  }
}

function userKeyOf(environmentId: string, username: string): string {
  return `${environmentId}|${nameKey(username)}`;
}

function isActive({ status }: User): boolean {
  return status === 'active';
}
