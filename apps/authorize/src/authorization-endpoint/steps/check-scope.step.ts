import { Resources, requestedScope, withoutOffline } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** RFC 6749 §3.3, RFC 8707 §2.1 (A5, X9, X10). */
@Injectable()
export class CheckScope extends Step {
  constructor(private readonly resources: Resources) {
    super();
  }

  async run(context: AuthorizeContext): Promise<void> {
    const { client, environment, params, resources, responseType } = context;
    context.catalog = await this.resources.catalog(environment.id);
    const scope = requestedScope(client, environment, context.catalog, params.get('scope'), resources);
    // OIDC Core §11: ignored where no refresh token can come of it.
    context.scope = responseType.split(' ').includes('code') ? scope : withoutOffline(scope);
  }
}
