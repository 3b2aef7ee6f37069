import { Environment, ServiceAccount, ServiceAccounts, ServiceTokens, secretMatches } from '@grantway/domain';
import { Grant, GrantHandler, Issuance, TokenRequest } from '@grantway/grant-sdk';
import { GrantType, OAuthError, ScopeSet } from '@grantway/protocol';
import { ServiceTokenParams } from './service-token.params.js';

/**
 * A machine shows the JWT its service account was given, again and again until that is rotated (S5).
 *
 * @see RFC 7523 §2.1 (the request), §3 (what makes it good)
 */
@Grant({ type: GrantType.JwtBearer, params: ServiceTokenParams, slug: 'service-token', clients: 'named-by-grant' })
export class ServiceTokenGrant implements GrantHandler<ServiceTokenParams> {
  constructor(
    private readonly tokens: ServiceTokens,
    private readonly accounts: ServiceAccounts,
  ) {}

  async clientOf(request: Pick<TokenRequest<ServiceTokenParams>, 'environment' | 'params'>): Promise<string> {
    return (await this.#account(request)).clientId;
  }

  async handle(request: TokenRequest<ServiceTokenParams>): Promise<Issuance> {
    const account = await this.#account(request);
    // It changed hands since it was asked whose it is.
    if (account.clientId !== request.client.id) throw refused('other_client');
    // S4: a user's rights are nobody's to fix for a machine (C2), and what its owner lost it has no more.
    const { catalog, client } = request;
    const scopes = account.scopes.filter((scope) => client.scopes.includes(scope) && !catalog.needsUser(scope));
    return {
      authorization: {
        subject: { kind: 'service_account', id: account.id },
        scope: ScopeSet.from(scopes),
        resources: [],
      },
      audiences: [account.clientId, ...account.bindings],
      serviceAccountVersion: account.version,
    };
  }

  async #account({ environment, params }: { environment: Environment; params: ServiceTokenParams }) {
    const claims = await this.tokens.read(environment.id, params.assertion);
    if (!claims) throw refused('assertion');
    const account = await this.accounts.find(environment.id, claims.accountId);
    requireCurrent(account, claims.jti);
    return account;
  }
}

/** S3: the account is there and switched on, and this is its token of now. */
function requireCurrent(account: ServiceAccount | undefined, jti: string): asserts account is ServiceAccount {
  if (!account) throw refused('unknown');
  if (!account.enabled) throw refused('disabled');
  if (!account.jtiHash || !secretMatches(jti, account.jtiHash)) throw refused('rotated');
}

function refused(reason: string): OAuthError {
  return new OAuthError('invalid_grant', {
    reason: `service_token.${reason}`,
    description: 'the assertion is not valid',
  });
}
