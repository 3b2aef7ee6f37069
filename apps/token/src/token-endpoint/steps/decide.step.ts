import { Clients } from '@grantway/domain';
import { Issuance } from '@grantway/grant-sdk';
import { BrokenIssuance, CallFrame, checkIssuance } from '@grantway/grant-sdk/contract';
import { Metrics } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

const SHORTEST_LIFE_MS = 1_000;

/** The grant. It only reads; what it wants spent it names. Whatever comes back is checked before anything is done with it. */
@Injectable()
export class Decide extends Step {
  readonly #decisions: ReturnType<Metrics['histogram']>;

  constructor(
    private readonly clients: Clients,
    metrics: Metrics,
  ) {
    super();
    this.#decisions = metrics.histogram(
      'grantway_token_decision_seconds',
      'How long the token service waited for a grant, by its answer: issued, the code of an OAuth error, or fault.',
      ['grant_type', 'outcome'],
    );
  }

  async run(context: TokenContext): Promise<void> {
    const { call, grant } = context;
    const frame: CallFrame = {
      ...{ requestId: call.requestId, deadline: call.deadline },
      ...(call.traceparent !== undefined && { traceparent: call.traceparent }),
    };
    const issuance = await this.#measured(grant.options.type, () => this.#ask(context, frame));
    try {
      const { client, catalog } = context;
      checkIssuance(issuance, { client, catalog, type: grant.options.type, remote: grant.remote });
      context.issuance = await this.#withAudiences(context, issuance);
    } catch (error) {
      throw error instanceof BrokenIssuance ? grant.fault(error, frame) : error;
    }
    // No bug: what it was to last as long as, such as an exchanged token, has just ended, or will before an answer is there.
    if (issuance.notAfter && issuance.notAfter.getTime() - Date.now() < SHORTEST_LIFE_MS) {
      throw new OAuthError('invalid_request', { reason: 'issuance.over' });
    }
  }

  async #measured(type: string, ask: () => Promise<Issuance>): Promise<Issuance> {
    const took = this.#decisions.startTimer({ grant_type: type });
    let outcome = 'fault';
    try {
      const issuance = await ask();
      outcome = 'issued';
      return issuance;
    } catch (error) {
      if (error instanceof OAuthError) outcome = error.code;
      throw error;
    } finally {
      took({ outcome });
    }
  }

  #ask(context: TokenContext, frame: CallFrame): Promise<Issuance> {
    const { environment, client, params, catalog, requestedScope, requestedResources, arrivedAt, call } = context;
    const request = {
      environment,
      client,
      params,
      catalog,
      requestedScope,
      requestedResources,
      arrivedAt,
      ip: call.ip,
    };
    return context.grant.handler.handle(request, frame);
  }

  /** `aud` names nobody but enabled clients of this environment: one that is gone is left out, if we named it ourselves. */
  async #withAudiences({ environment, grant }: TokenContext, issuance: Issuance): Promise<Issuance> {
    if (issuance.audiences === undefined) return issuance;
    const named = await Promise.all(
      issuance.audiences.map(async (id) => ((await this.clients.find(environment.id, id))?.enabled ? [id] : [])),
    );
    const audiences = named.flat();
    if (grant.remote && audiences.length < named.length) {
      throw new BrokenIssuance(`grant ${grant.options.type}: an audience is no client of this environment`);
    }
    return { ...issuance, audiences };
  }
}
