import { AttemptLimits, BACKCHANNEL_USER_CODE, Client, Environment, User, UserDirectory } from '@grantway/domain';
import { ClientForm } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';

/** Longer than any code is meant to be; refused before it costs a hash. */
const LONGEST = 256;
/** An id nobody has: a code is compared for users who are not there as well (SE-02). */
const NOBODY = '';

/** A code of the person's own that keeps strangers from asking them (CIBA Core §7.1, CB-02). */
@Injectable()
export class UserCodeCheck {
  constructor(
    private readonly users: UserDirectory,
    private readonly limits: AttemptLimits,
  ) {}

  /** @throws OAuthError unless the client's users need no code, or this is the user's */
  async pass(form: ClientForm, client: Client, environment: Environment, user: User | undefined): Promise<void> {
    if (!client.backchannel.userCode) return;
    const code = form.params.get('user_code');
    if (code === undefined) throw new OAuthError('missing_user_code');
    const key = `${environment.id}|${user?.id ?? NOBODY}`;
    // Counted before the code is looked at, so that a burst of guesses gets no more of them.
    const seconds = user
      ? (await this.limits.wait(BACKCHANNEL_USER_CODE, key)) || (await this.limits.fail(BACKCHANNEL_USER_CODE, key))
      : 0;
    if (seconds > 0) {
      const reason = 'backchannel.too_many_user_codes';
      throw new OAuthError('too_many_requests', { reason, description: 'too many wrong codes', retryAfter: seconds });
    }
    const verdict = await this.users.checkUserCode(environment.id, user?.id ?? NOBODY, code.slice(0, LONGEST));
    // A user without a code cannot be asked by a client that needs one.
    if (user && (verdict !== 'right' || code.length > LONGEST)) {
      throw new OAuthError('invalid_user_code', { reason: `backchannel.user_code_${verdict}` });
    }
    if (user) await this.limits.succeed(BACKCHANNEL_USER_CODE, key);
  }
}
