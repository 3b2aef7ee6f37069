import { BackchannelPush, BackchannelPushAnswer } from '@grantway/contracts';
import { Environment } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { GrantType, OAuthError } from '@grantway/protocol';
import { Step } from '../token-endpoint/step.js';
import { askedBy, issuedTo } from '../token-endpoint/token-event.js';
import { PushContext } from './push-context.js';
import { AlreadyPushed } from './recall-minted.step.js';

const GRANT = { grant_type: GrantType.Ciba };

/** Mints the tokens that the CIBA service is to push (CIBA Core §10.3). */
export class PushEndpoint {
  constructor(
    private readonly steps: readonly Step[],
    private readonly log: EventLog,
  ) {}

  async mint(message: BackchannelPush, environment: Environment, issuer: string): Promise<BackchannelPushAnswer> {
    const context = new PushContext(message, environment, issuer);
    try {
      for (const step of this.steps) await step.run(context);
    } catch (error) {
      if (error instanceof AlreadyPushed) return { kind: 'done' };
      if (!(error instanceof OAuthError)) throw error;
      // Two attempts at once: what the other recorded is there now.
      if (error.detail.reason === 'artifact.lost_race') return this.mint(message, environment, issuer);
      this.log.refused(context.call, 'token.issue', error, { ...askedBy(context), ...GRANT });
      const gone = error.detail.reason?.startsWith('subject.') === true;
      return { kind: 'refused', error: gone ? 'access_denied' : 'transaction_failed' };
    }
    this.log.done(context.call, 'token.issue', { ...issuedTo(context), ...GRANT });
    return { kind: 'tokens', tokens: { ...context.reply } };
  }
}
