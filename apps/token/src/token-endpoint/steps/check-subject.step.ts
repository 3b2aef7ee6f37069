import { UserDirectory } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** X14, CO-13, RT-06: locked, disabled or deleted since, a user gets nothing more. */
@Injectable()
export class CheckSubject extends Step {
  constructor(private readonly users: UserDirectory) {
    super();
  }

  async run(context: TokenContext): Promise<void> {
    const { environment, issuance, client } = context;
    const { subject, authentication } = issuance.authorization;
    if (subject.kind === 'client') {
      if (subject.id !== client.id) throw new Error(`grant ${context.grant.options.type} issued for another client`);
      return;
    }
    const user = await this.users.find(environment.id, subject.id);
    if (user?.status !== 'active') {
      throw new OAuthError('invalid_grant', { reason: `subject.${user?.status ?? 'unknown'}` });
    }
    // R9, RT-10: whoever knew the old password must not go on.
    if (environment.passwordChangeEndsRefresh && authentication && user.passwordChangedAt > authentication.time) {
      throw new OAuthError('invalid_grant', { reason: 'subject.password_changed' });
    }
    context.user = user;
  }
}
