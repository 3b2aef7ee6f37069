import { Consents, UserDirectory } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** X14, CO-13, RT-06: locked, disabled or deleted since, a user gets nothing more; a client whose consent is gone neither. */
@Injectable()
export class CheckSubject extends Step {
  constructor(
    private readonly users: UserDirectory,
    private readonly consents: Consents,
  ) {
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
    if (await this.#consentWithdrawn(context)) {
      throw new OAuthError('invalid_grant', { reason: 'subject.consent_withdrawn' });
    }
    context.user = user;
  }

  /** A withdrawal revokes what was recorded (R9); a code is not recorded yet, so its consent is looked at again (CO-13). */
  async #consentWithdrawn({ environment, client, issuance }: TokenContext): Promise<boolean> {
    const { authorization, spend } = issuance;
    const redeemsCode = spend !== undefined && 'authorizationCode' in spend;
    if (!redeemsCode || client.trusted) return false;
    const allowed = await this.consents.find(environment.id, authorization.subject.id, client.id);
    return !authorization.scope.within(allowed);
  }
}
