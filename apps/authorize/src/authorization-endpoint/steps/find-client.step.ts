import { Clients } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** A1: without a known client no redirect URI can be trusted. */
@Injectable()
export class FindClient extends Step {
  constructor(private readonly clients: Clients) {
    super();
  }

  async run(context: AuthorizeContext): Promise<void> {
    const id = context.params.get('client_id');
    if (id === undefined) throw new OAuthError('invalid_request', { description: 'client_id is missing' });
    const client = await this.clients.find(context.environment.id, id);
    if (!client?.enabled) throw new OAuthError('invalid_client', { description: 'the client is unknown here' });
    context.client = client;
  }
}
