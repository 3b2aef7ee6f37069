import { ClientAuthenticator, clientAuthContext } from '@grantway/client-auth';
import { Client, Clients, Resources } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

/** RFC 6749 §2.3, §3.2.1. */
@Injectable()
export class AuthenticateClient extends Step {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly resources: Resources,
    private readonly clients: Clients,
  ) {
    super();
  }

  async run(context: TokenContext): Promise<void> {
    const named = context.grant.options.clients === 'named-by-grant';
    context.client = await (named ? this.#named(context) : this.#authenticated(context));
    context.catalog = await this.resources.catalog(context.environment.id);
  }

  #authenticated({ call, form, environment, issuer }: TokenContext): Promise<Client> {
    return this.authenticator.authenticate(clientAuthContext(call, form, environment, issuer, 'token'));
  }

  /** RFC 7521 §4.1: what is redeemed says whose it is. Credentials may be left out, but never wrong or somebody else's. */
  async #named(context: TokenContext): Promise<Client> {
    const { environment, form, grant } = context;
    const said = carriesCredentials(context) ? (await this.#authenticated(context)).id : form.get('client_id');
    const params = grant.params(form);
    const id = await grant.handler.clientOf?.({ environment, params });
    if (id === undefined) throw new Error(`grant ${grant.options.type} does not name its client`);
    if (said !== undefined && said !== id) throw refused('other_client');
    const client = await this.clients.find(environment.id, id);
    if (!client?.enabled) throw refused('client_gone');
    return client;
  }
}

function carriesCredentials({ call, form }: TokenContext): boolean {
  const inForm = ['client_secret', 'client_assertion', 'client_assertion_type'].some((name) => form.has(name));
  return call.authorization !== undefined || inForm;
}

/** Nobody's client authentication failed: what they redeem is no good here. */
function refused(reason: string): OAuthError {
  return new OAuthError('invalid_grant', {
    reason: `named_by_grant.${reason}`,
    description: 'the assertion is not valid',
  });
}
