import {
  BackchannelPush,
  BackchannelPushAnswer,
  HttpCall,
  HttpReply,
  OriginAnswer,
  OriginQuestion,
  Subject,
} from '@grantway/contracts';
import { Clients, Environment, Environments, issuerOf, jwksMaxAge } from '@grantway/domain';
import { NO_STORE, Serves } from '@grantway/platform';
import { KeyRing } from '@grantway/token-signing';
import { Controller } from '@nestjs/common';
import { Metadata } from './discovery-endpoint/metadata.js';
import { IntrospectionEndpoint } from './introspection-endpoint/introspection-endpoint.js';
import { PushEndpoint } from './push-endpoint/push-endpoint.js';
import { RevocationEndpoint } from './revocation-endpoint/revocation-endpoint.js';
import { TokenConfig } from './token.config.js';
import { TokenEndpoint } from './token-endpoint/token-endpoint.js';
import { UserInfoEndpoint } from './userinfo-endpoint/userinfo-endpoint.js';

/** The subjects this service answers. */
@Controller()
export class TokenController {
  constructor(
    private readonly config: TokenConfig,
    private readonly environments: Environments,
    private readonly clients: Clients,
    private readonly tokens: TokenEndpoint,
    private readonly userInfo: UserInfoEndpoint,
    private readonly introspection: IntrospectionEndpoint,
    private readonly revocation: RevocationEndpoint,
    private readonly pushes: PushEndpoint,
    private readonly metadata: Metadata,
    private readonly keys: KeyRing,
  ) {}

  @Serves(Subject.TokenIssue, HttpCall)
  issue(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.tokens.issue(call, environment, issuer));
  }

  @Serves(Subject.UserInfo, HttpCall)
  userinfo(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.userInfo.answer(call, environment, issuer));
  }

  @Serves(Subject.Introspect, HttpCall)
  introspect(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.introspection.answer(call, environment, issuer));
  }

  @Serves(Subject.Revoke, HttpCall)
  revoke(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.revocation.answer(call, environment, issuer));
  }

  /** ADR 0003: from the CIBA service, never from outside. */
  @Serves(Subject.BackchannelPush, BackchannelPush)
  async push(message: BackchannelPush): Promise<BackchannelPushAnswer> {
    const environment = await this.environments.find(message.environmentId);
    if (!environment?.enabled) return { kind: 'refused', error: 'transaction_failed' };
    return this.pushes.mint(message, environment, issuerOf(this.config.publicUrl, environment.id));
  }

  @Serves(Subject.Metadata, HttpCall)
  describe(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, async (environment, issuer) =>
      cacheable(await this.metadata.of(environment, issuer), METADATA_MAX_AGE),
    );
  }

  @Serves(Subject.Jwks, HttpCall)
  jwks(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, async (environment) =>
      cacheable(await this.keys.jwks(environment.id), jwksMaxAge(environment.signing)),
    );
  }

  @Serves(Subject.AllowOrigin, OriginQuestion)
  async allowOrigin({ environmentId, origin }: OriginQuestion): Promise<OriginAnswer> {
    return { allowed: await this.clients.someAllowsOrigin(environmentId, origin) };
  }

  async #in(
    call: HttpCall,
    answer: (environment: Environment, issuer: string) => Promise<HttpReply>,
  ): Promise<HttpReply> {
    const environment = await this.environments.find(call.environmentId);
    if (!environment?.enabled) return UNKNOWN_ENVIRONMENT;
    return answer(environment, issuerOf(this.config.publicUrl, environment.id));
  }
}

const UNKNOWN_ENVIRONMENT: HttpReply = {
  kind: 'json',
  status: 404,
  headers: NO_STORE,
  body: { error: 'not_found', error_description: 'no such environment' },
};

/** Seconds. A switched-off grant must not be advertised for long. */
const METADATA_MAX_AGE = 60;

function cacheable(body: unknown, maxAge: number): HttpReply {
  return { kind: 'json', status: 200, headers: { 'cache-control': `public, max-age=${maxAge}` }, body };
}
