import { Authentication, ServiceAccounts, Sessions, UserDirectory } from '@grantway/domain';
import { BrokenIssuance } from '@grantway/grant-sdk/contract';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** X14, CO-13, RT-06: locked, disabled or deleted since, a subject gets nothing more. */
@Injectable()
export class CheckSubject extends Step {
  constructor(
    private readonly users: UserDirectory,
    private readonly accounts: ServiceAccounts,
    private readonly sessions: Sessions,
  ) {
    super();
  }

  async run(context: TokenContext): Promise<void> {
    const { subject } = context.issuance.authorization;
    switch (subject.kind) {
      case 'client':
        if (subject.id === context.client.id) return;
        throw new Error(`grant ${context.grant.options.type} issued for another client`);
      case 'service_account':
        return this.#checkAccount(context, subject.id);
      case 'user':
        return this.#checkUser(context, subject.id);
    }
  }

  async #checkUser(context: TokenContext, id: string): Promise<void> {
    const { environment, issuance } = context;
    const { authentication } = issuance.authorization;
    const user = await this.users.find(environment.id, id);
    if (user?.status !== 'active') throw gone(`subject.${user?.status ?? 'unknown'}`);
    if (user.mustChangePassword) throw gone('subject.password_expired');
    // R9, RT-10: whoever knew the old password must not go on.
    if (environment.passwordChangeEndsRefresh && authentication && user.passwordChangedAt > authentication.time) {
      throw gone('subject.password_changed');
    }
    await this.#checkSession(context, id, authentication);
    context.user = user;
  }

  /**
   * An ID token that names a session can end it. What a person allowed at a page of ours names the session of that page; a grant
   * elsewhere may name whatever it has read in some token.
   */
  async #checkSession(
    { environment, issuance, grant, call }: TokenContext,
    id: string,
    how?: Authentication,
  ): Promise<void> {
    const { sessionId } = how ?? {};
    if (!grant?.remote || sessionId === undefined || (issuance.spend && !('once' in issuance.spend))) return;
    const session = await this.sessions.findById(environment.id, sessionId);
    if (session?.userId === id) return;
    const broken = new BrokenIssuance(`grant ${grant.options.type}: it named a session that is not its subject’s`);
    throw grant.fault(broken, { requestId: call.requestId, deadline: call.deadline });
  }

  /** S7: also one that was rotated while the grant decided. */
  async #checkAccount({ environment, issuance, grant }: TokenContext, id: string): Promise<void> {
    const version = issuance.serviceAccountVersion;
    if (version === undefined) throw new Error(`grant ${grant.options.type} named no version of the service account`);
    const account = await this.accounts.find(environment.id, id);
    if (!account?.enabled) throw gone(`subject.service_account_${account ? 'disabled' : 'unknown'}`);
    if (account.version !== version) throw gone('subject.service_account_rotated');
  }
}

function gone(reason: string): OAuthError {
  return new OAuthError('invalid_grant', { reason });
}
