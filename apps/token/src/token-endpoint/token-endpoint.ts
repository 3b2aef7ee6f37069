import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment } from '@grantway/domain';
import { clientErrorReply, EventLog, Metrics, NO_STORE } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Step } from './step.js';
import { TokenContext } from './token-context.js';
import { TokenCounts } from './token-counts.js';
import { askedBy, issuedTo } from './token-event.js';

/** Runs the pipeline and turns its outcome into a reply. */
export class TokenEndpoint {
  readonly #counts: TokenCounts;

  constructor(
    private readonly steps: readonly Step[],
    private readonly log: EventLog,
    metrics: Metrics,
  ) {
    this.#counts = new TokenCounts(metrics);
  }

  async issue(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    const context = new TokenContext(call, environment, issuer);
    try {
      for (const step of this.steps) {
        const running = step.run(context);
        if (running) await running; // Most have nothing to wait for.
      }
    } catch (error) {
      this.#counts.count(context.grantType, error instanceof OAuthError ? error.code : 'fault');
      if (!(error instanceof OAuthError)) throw error;
      this.log.refused(call, 'token.issue', error, askedBy(context));
      return clientErrorReply(error, call);
    }
    this.#counts.count(context.grantType, 'ok');
    this.log.done(call, 'token.issue', issuedTo(context));
    return { kind: 'json', status: 200, headers: NO_STORE, body: context.reply };
  }
}
