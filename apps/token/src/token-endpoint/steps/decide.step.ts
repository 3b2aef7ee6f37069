import { Issuance } from '@grantway/grant-sdk';
import { RESERVED_ACCESS_TOKEN_CLAIMS } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** The grant. It only reads; what it wants spent it names. */
@Injectable()
export class Decide extends Step {
  async run(context: TokenContext): Promise<void> {
    const { environment, client, params, catalog, requestedScope, inFlightFor } = context;
    const issuance = await context.grant.handler.handle({
      environment,
      client,
      params,
      catalog,
      inFlightFor,
      ...(requestedScope && { requestedScope }),
    });
    refuseReservedClaims(issuance);
    context.issuance = issuance;
  }
}

/** A grant that sets a claim of ours is broken; known before anything is spent, it costs nobody a code. */
function refuseReservedClaims({ claims = {} }: Issuance): void {
  const reserved = Object.keys(claims).find((name) => RESERVED_ACCESS_TOKEN_CLAIMS.has(name));
  if (reserved) throw new Error(`grant set the reserved claim ${reserved}`);
}
