import { ClientAuthenticator } from '@grantway/client-auth';
import { Resources } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** RFC 6749 §2.3, §3.2.1. */
@Injectable()
export class AuthenticateClient extends Step {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly resources: Resources,
  ) {
    super();
  }

  async run(context: TokenContext): Promise<void> {
    const { call, form, environment } = context;
    const clientId = form.get('client_id');
    const clientSecret = form.get('client_secret');
    const clientAssertion = form.get('client_assertion') ?? form.get('client_assertion_type');
    context.client = await this.authenticator.authenticate({
      environmentId: environment.id,
      ip: call.ip,
      ...(call.authorization !== undefined && { authorization: call.authorization }),
      ...(clientId !== undefined && { clientId }),
      ...(clientSecret !== undefined && { clientSecret }),
      ...(clientAssertion !== undefined && { clientAssertion }),
    });
    context.catalog = await this.resources.catalog(environment.id);
  }
}
