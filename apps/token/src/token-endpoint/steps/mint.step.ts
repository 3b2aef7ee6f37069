import { randomBytes } from 'node:crypto';
import { Authorizations, NewAuthorization, PresentedGeneration, RefreshTokenCodec } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import { TokenSigner } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { AccessTokens } from '../access-tokens.js';
import { IdTokens } from '../id-tokens.js';
import { mayRefresh, refreshLimits } from '../refresh-policy.js';
import { Step } from '../step.js';
import { TokenContext } from '../token-context.js';

const SALT_BYTES = 16;

/** What spending left behind: the parent of the tokens, and the refresh token if there is one. */
interface Recorded {
  readonly authorizationId?: string;
  readonly refreshToken?: string;
}

/** Spends what the grant named and records the authorization in one statement, then signs (design section 4.2). */
@Injectable()
export class Mint extends Step {
  constructor(
    private readonly authorizations: Authorizations,
    private readonly codec: RefreshTokenCodec,
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly signer: TokenSigner,
  ) {
    super();
  }

  async run(context: TokenContext): Promise<void> {
    await this.#prepare(context);
    const { authorizationId, refreshToken } = await this.#spend(context);
    const access = await this.accessTokens.mint(context, authorizationId);
    const idToken = await this.idTokens.mint(context, access.token);
    context.reply = {
      access_token: access.token,
      token_type: 'Bearer',
      expires_in: access.lifetime,
      scope: context.scope.toString(),
      ...(refreshToken && { refresh_token: refreshToken }),
      ...(idToken && { id_token: idToken }),
    };
  }

  /** What could still fail after the spending is tried before it. */
  #prepare({ environment: { id, signing }, scope }: TokenContext): Promise<void> {
    return this.signer.prepare(
      id,
      scope.has('openid') ? [signing.accessToken, signing.idToken] : [signing.accessToken],
    );
  }

  #spend(context: TokenContext): Promise<Recorded> {
    const { issuance, grant } = context;
    const { spend } = issuance;
    if (spend === undefined) {
      // A user's token without a record could never be revoked.
      if (issuance.authorization.subject.kind === 'user')
        throw new Error(`grant ${grant.options.type} named nothing to spend`);
      return Promise.resolve({});
    }
    return 'refreshToken' in spend
      ? this.#rotate(context, spend.refreshToken)
      : this.#redeem(context, spend.authorizationCode);
  }

  async #redeem(context: TokenContext, codeId: string): Promise<Recorded> {
    const { environment, client, issuance } = context;
    const salt = mayRefresh(context) ? randomBytes(SALT_BYTES) : undefined;
    const record: NewAuthorization = {
      environmentId: environment.id,
      clientId: client.id,
      authorization: issuance.authorization,
      offline: issuance.authorization.scope.has('offline_access'),
      ...(salt && { family: { salt, ...refreshLimits(context) } }),
    };
    const authorizationId = await this.authorizations.redeemCode(codeId, record);
    // Another request spent it between Decide and here: a race, so nothing is revoked (CO-02).
    if (authorizationId === undefined)
      throw new OAuthError('invalid_grant', { reason: 'authorization_code.lost_race' });
    return { authorizationId, ...(salt && { refreshToken: this.codec.format(authorizationId, salt, 0) }) };
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
