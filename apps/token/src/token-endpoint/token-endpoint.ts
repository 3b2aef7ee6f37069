import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment } from '@grantway/domain';
import { clientErrorReply, EventLog, NO_STORE } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Step } from './step.js';
import { TokenContext } from './token-context.js';

/** Runs the pipeline and turns its outcome into a reply. */
export class TokenEndpoint {
  constructor(
    private readonly steps: readonly Step[],
    private readonly log: EventLog,
  ) {}

  async issue(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    const context = new TokenContext(call, environment, issuer);
    try {
      for (const step of this.steps) {
        const running = step.run(context);
        if (running) await running; // Most have nothing to wait for.
      }
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      this.log.refused(call, error, { client_id: context.client?.id, grant_type: context.grant?.options.type });
      return clientErrorReply(error, call);
    }
    this.log.done(call, 'token issued', { client_id: context.client.id, grant_type: context.grant.options.type });
    return { kind: 'json', status: 200, headers: NO_STORE, body: context.reply };
  }
}
