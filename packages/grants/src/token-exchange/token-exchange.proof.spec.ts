import {
  Consents,
  DefaultTokenExchangePolicy,
  type ExchangedToken,
  ExchangedTokens,
  TokenExchangePolicy,
} from '@grantway/domain';
import { proveGrant, type World } from '@grantway/grant-sdk/testing';
import { ScopeSet, TokenType } from '@grantway/protocol';
import { anAuthentication, MemoryStores } from '@grantway/testing';
import { TokenExchangeGrant } from './token-exchange.grant.js';

/** Knows the tokens of one environment. */
function tokensOf(world: World, known: Readonly<Record<string, ExchangedToken>>): ExchangedTokens {
  return {
    read: async ({ id }, token) =>
      id === world.environment.id ? new Map(Object.entries(known)).get(token) : undefined,
  };
}

function aToken({ client, user }: World, changes: Partial<ExchangedToken> = {}): ExchangedToken {
  return {
    ...{ type: TokenType.AccessToken, subject: { kind: 'user', id: user.id }, sub: user.id, client },
    iss: 'https://login.example/acme/as',
    scope: ScopeSet.of('openid', 'orders:read', 'orders:place'),
    audiences: ['https://orders.example'],
    expiresAt: new Date(Date.now() + 3_600_000),
    authentication: anAuthentication(),
    authorizationId: '01a1f000-0000-7000-8000-000000000002',
    ...changes,
  };
}

const provide = (tokens: ExchangedTokens) =>
  [
    [ExchangedTokens, tokens],
    [Consents, new MemoryStores().consents],
    [TokenExchangePolicy, new DefaultTokenExchangePolicy()],
  ] as const;

it('design §5 token exchange keeps the contract: impersonation', async () => {
  const report = await proveGrant(TokenExchangeGrant, {
    singleUse: false,
    client: { exchange: { impersonation: true } },
    good: (world) => ({
      params: { subject_token: 'subject-7f3a', subject_token_type: TokenType.AccessToken },
      scope: 'orders:read orders:place',
      provide: provide(tokensOf(world, { 'subject-7f3a': aToken(world) })),
    }),
  });
  report.assertOk();
});

it('design §5 token exchange keeps the contract: delegation', async () => {
  const report = await proveGrant(TokenExchangeGrant, {
    singleUse: false,
    good: (world) => {
      const actor = aToken(world, { subject: { kind: 'client', id: world.client.id }, sub: world.client.id });
      const form = { subject_token: 'subject-7f3a', actor_token: 'actor-91bc' };
      const types = { subject_token_type: TokenType.AccessToken, actor_token_type: TokenType.AccessToken };
      return {
        params: { ...form, ...types },
        provide: provide(tokensOf(world, { 'subject-7f3a': aToken(world), 'actor-91bc': actor })),
      };
    },
  });
  report.assertOk();
});
