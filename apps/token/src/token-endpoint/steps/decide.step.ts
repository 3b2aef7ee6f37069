import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** The grant. It only reads; what it wants spent it names. */
@Injectable()
export class Decide extends Step {
  async run(context: TokenContext): Promise<void> {
    const { environment, client, params, catalog, requestedScope, inFlightFor } = context;
    context.issuance = await context.grant.handler.handle({
      environment,
      client,
      params,
      catalog,
      inFlightFor,
      ...(requestedScope && { requestedScope }),
    });
  }
}
