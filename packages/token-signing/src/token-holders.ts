import {
  Authentication,
  Environment,
  ServiceAccount,
  ServiceAccounts,
  Subject,
  User,
  UserDirectory,
} from '@grantway/domain';

/** Whom a token is about, as we know them now. */
export interface TokenHolder {
  readonly subject: Subject;
  /** Present when the subject is a user. */
  readonly user?: User;
  /** Present when the subject is a service account. */
  readonly serviceAccount?: ServiceAccount;
}

/** How the subject came to the token. */
export interface HolderGrounds {
  readonly authentication?: Authentication | undefined;
  readonly serviceAccountVersion?: number | undefined;
}

/** Whether those whom tokens are about may still hold them. */
export class TokenHolders {
  constructor(
    private readonly users: UserDirectory,
    private readonly accounts: ServiceAccounts,
  ) {}

  /** @returns the holder, or for our logs why they hold nothing any more */
  async of(environment: Environment, subject: Subject, grounds: HolderGrounds): Promise<TokenHolder | string> {
    switch (subject.kind) {
      case 'client': // Whoever asks looks at the client anyhow.
        return { subject };
      case 'service_account': {
        const serviceAccount = await this.accounts.find(environment.id, subject.id);
        // S7: rotated, disabled or deleted, it takes everything issued before with it.
        const stands = serviceAccount?.enabled && serviceAccount.version === grounds.serviceAccountVersion;
        return stands ? { subject, serviceAccount } : 'service_account_gone';
      }
      case 'user': {
        const user = await this.users.find(environment.id, subject.id);
        if (user?.status !== 'active') return 'user_gone';
        if (user.mustChangePassword) return 'password_expired';
        // R9, RT-10: whoever knew the old password must not go on.
        const outdated = grounds.authentication && user.passwordChangedAt > grounds.authentication.time;
        return environment.passwordChangeEndsRefresh && outdated ? 'password_changed' : { subject, user };
      }
    }
  }
}
