import { ActClaim, OAuthError, ScopeSet, TokenType } from '@grantway/protocol';
import { Authentication, Subject } from './authorization.js';
import { Client } from './client.js';
import { Environment } from './environment.js';
import { MayAct } from './resource.js';

/** A token that is exchanged, or that an actor shows: ours, live, and of the kind it is said to be (RFC 8693 §2.1). */
export interface ExchangedToken {
  readonly type: TokenType;
  readonly subject: Subject;
  /** As the token spells it. */
  readonly sub: string;
  readonly iss: string;
  /** Whom it was issued to. */
  readonly client: Client;
  /** What it may do; an ID token's is what was authorized with it, and may do nothing by itself. */
  readonly scope?: ScopeSet;
  /** How many exchanges it came of. */
  readonly derivationDepth?: number;
  readonly audiences: readonly string[];
  readonly expiresAt: Date;
  readonly authentication?: Authentication;
  /** What it stands and falls with. */
  readonly authorizationId?: string;
  readonly serviceAccountVersion?: number;
  readonly act?: ActClaim;
  readonly mayAct?: MayAct;
}

export abstract class ExchangedTokens {
  /** Undefined for whatever is not a live token of this environment and type. */
  abstract read(environment: Environment, token: string, type: TokenType): Promise<ExchangedToken | undefined>;
}

/** A token exchange that every rule of ours has passed. */
export interface TokenExchange {
  readonly environment: Environment;
  /** Who asks. */
  readonly client: Client;
  readonly subject: ExchangedToken;
  readonly actor?: ExchangedToken;
  readonly requestedTokenType: TokenType;
  /** What the token will carry at most. */
  readonly scope: ScopeSet;
  /** As asked for by `resource` and `audience`. */
  readonly requestedResources: readonly string[];
}

/** T11: a deployment's own word on exchanges; it may refuse what our rules allow, and nothing else. */
export abstract class TokenExchangePolicy {
  /** @throws OAuthError to refuse */
  abstract decide(exchange: TokenExchange): Promise<void> | void;
}

/** Where nobody says otherwise: people and the client itself, but no service accounts (TX-08). */
export class DefaultTokenExchangePolicy extends TokenExchangePolicy {
  decide({ subject, actor }: TokenExchange): void {
    if (![subject, actor].some((shown) => shown?.subject.kind === 'service_account')) return;
    throw new OAuthError('invalid_request', {
      reason: 'token_exchange.service_account',
      description: 'the token of a service account is not exchanged here',
    });
  }
}
