import { Authorizations, parseRefreshToken, RefreshTokenCodec, TokenFamily } from '@grantway/domain';
import { Injectable } from '@nestjs/common';

/** A refresh token of ours: its family, and whether it is the newest of it. */
export interface RefreshToken {
  readonly family: TokenFamily;
  /**
   * House rule: a superseded one may still be answered for its grace (R4), but only so that a lost reply can be had again;
   * whoever asks what it is worth should be using its successor.
   */
  readonly current: boolean;
}

@Injectable()
export class RefreshTokenReader {
  constructor(
    private readonly authorizations: Authorizations,
    private readonly codec: RefreshTokenCodec,
  ) {}

  /** Undefined for anything we did not issue in this environment. */
  async read(environmentId: string, token: string): Promise<RefreshToken | undefined> {
    const presented = parseRefreshToken(token);
    const family = presented && (await this.authorizations.findFamily(environmentId, presented.authorizationId));
    if (!presented || !family || !this.codec.matches(presented, family.salt)) return undefined;
    if (presented.generation > family.generation) return undefined;
    return { family, current: presented.generation === family.generation };
  }
}
