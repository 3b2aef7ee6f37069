import { randomBytes } from 'node:crypto';
import {
  Authorizations,
  isRace,
  NewAuthorization,
  PresentedGeneration,
  Redeemable,
  RefreshTokenCodec,
} from '@grantway/domain';
import { Spend } from '@grantway/grant-sdk';
import { OAuthError } from '@grantway/protocol';
import { AccessTokenMinter, accessTokenAlgorithm, IdTokenMinter, TokenSigner } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { mayRefresh, refreshLimits } from '../refresh-policy.js';
import { Step } from '../step.js';
import { Recorded, TokenContext } from '../token-context.js';

const SALT_BYTES = 16;

/** Spends what the grant named and records the authorization in one statement, then signs (design section 4.2). */
@Injectable()
export class Mint extends Step {
  constructor(
    private readonly authorizations: Authorizations,
    private readonly codec: RefreshTokenCodec,
    private readonly accessTokens: AccessTokenMinter,
    private readonly idTokens: IdTokenMinter,
    private readonly signer: TokenSigner,
  ) {
    super();
  }

  async run(context: TokenContext): Promise<void> {
    await this.#prepare(context);
    const recorded = context.recorded ?? (await this.#spend(context));
    context.recorded = recorded;
    const { authorizationId, refreshToken } = recorded;
    const { issuedTokenType } = context.issuance;
    const access = await this.#accessToken(context, authorizationId);
    const idToken = await this.#idToken(context, access.token, recorded);
    context.reply = {
      access_token: access.token,
      ...(issuedTokenType && { issued_token_type: issuedTokenType }),
      token_type: 'Bearer',
      expires_in: access.lifetime,
      scope: context.scope.toString(),
      ...(refreshToken && { refresh_token: refreshToken }),
      ...(idToken && { id_token: idToken }),
    };
  }

  /** A key that is missing is missed before the spending; what a database does between two statements is adr/0002's. */
  #prepare({ environment, scope, resources }: TokenContext): Promise<void> {
    const access = accessTokenAlgorithm(environment, resources);
    return this.signer.prepare(environment.id, scope.has('openid') ? [access, environment.signing.idToken] : [access]);
  }

  #accessToken(context: TokenContext, authorizationId?: string): Promise<{ token: string; lifetime: number }> {
    const { environment, issuer, client, scope, resources, issuance } = context;
    const { authorization, audiences, actor, notAfter, serviceAccountVersion, claims } = issuance;
    return this.accessTokens.mint({
      environment,
      issuer,
      client,
      authorization,
      authorizationId,
      scope,
      resources,
      audiences,
      actor,
      notAfter,
      serviceAccountVersion,
      claims,
    });
  }

  /** Undefined unless a user is the subject and `openid` is granted. */
  async #idToken(
    context: TokenContext,
    accessToken: string,
    { authorizationId, refreshToken }: Recorded,
  ): Promise<string | undefined> {
    const { environment, issuer, client, scope, issuance } = context;
    const claims = context.idTokenClaims?.(refreshToken);
    const { authorization, nonce, notAfter } = issuance;
    if (authorization.subject.kind !== 'user' || !scope.has('openid')) return undefined;
    return this.idTokens.mint({
      ...{ environment, issuer, client, authorization, accessToken },
      ...(authorizationId !== undefined && { authorizationId }),
      ...(nonce !== undefined && { nonce }),
      ...(notAfter && { notAfter }),
      ...(claims && { claims }),
    });
  }

  #spend(context: TokenContext): Promise<Recorded> {
    const { spend, authorization } = context.issuance;
    if (spend && 'refreshToken' in spend) return this.#rotate(context, spend.refreshToken);
    // A user's token without a record could never be revoked; a client's own, and a service account's, stand with them.
    if (spend || authorization.subject.kind === 'user') return this.#record(context, spend);
    return Promise.resolve({});
  }

  async #record(context: TokenContext, spend?: Artifact): Promise<Recorded> {
    const { environment, client, issuance } = context;
    const artifact = spend && ofGrant(spend, context);
    const salt = mayRefresh(context) ? randomBytes(SALT_BYTES) : undefined;
    const record: NewAuthorization = {
      environmentId: environment.id,
      clientId: client.id,
      authorization: issuance.authorization,
      offline: issuance.authorization.scope.has('offline_access'),
      ...(issuance.derivedFrom !== undefined && { derivedFrom: issuance.derivedFrom }),
      ...(salt && { family: { salt, ...refreshLimits(context) } }),
    };
    const authorizationId = artifact
      ? await this.authorizations.redeem(artifact, record)
      : await this.authorizations.record(record);
    if (authorizationId === undefined) throw await this.#notThere(context, artifact);
    return { authorizationId, ...(salt && { refreshToken: this.codec.format(authorizationId, salt, 0) }) };
  }

  /** What the grant found good was spent before us; by whom, matters only for what the grant itself cannot look up. */
  async #notThere({ environment, arrivedAt }: TokenContext, artifact?: Redeemable): Promise<OAuthError> {
    // Between Decide and here: a race, so nothing is revoked (CO-02).
    const race = new OAuthError('invalid_grant', { reason: 'artifact.lost_race' });
    if (!artifact || !('once' in artifact)) return race;
    const spent = await this.authorizations.findSpent(environment.id, artifact.once);
    if (!spent) return new OAuthError('invalid_grant', { reason: 'artifact.expired' });
    if (isRace(spent.ago, arrivedAt)) return race;
    const about = { authorization_id: spent.authorizationId };
    // Design section 4.2: used twice, it may be stolen, so what came of it ends.
    await this.authorizations.revoke(environment.id, spent.authorizationId);
    return new OAuthError('invalid_grant', { reason: 'artifact.replayed', about });
  }

  async #rotate(context: TokenContext, { family, generation, grace }: PresentedGeneration): Promise<Recorded> {
    const { idle } = refreshLimits(context);
    // House rule: seams fail closed, whatever the grant returned.
    if (family.environmentId !== context.environment.id || family.clientId !== context.client.id) {
      throw new Error(`grant ${context.grant.options.type} named a token family that is not this client's`);
    }
    const successor = await this.authorizations.rotate(family.id, generation, { grace, idle });
    if (successor === undefined) throw new OAuthError('invalid_grant', { reason: 'refresh_token.lost_race' });
    return { authorizationId: family.id, refreshToken: this.codec.format(family.id, family.salt, successor) };
  }
}

type Artifact = Exclude<Spend, { refreshToken: PresentedGeneration }>;

/** Two grants may call what they spend the same. */
function ofGrant(spend: Artifact, { grant }: TokenContext): Redeemable {
  return 'once' in spend ? { once: { ...spend.once, grantType: grant.options.type } } : spend;
}
