import { createHmac, timingSafeEqual } from 'node:crypto';
import { HandlePrefix, packId, unpackId } from './handle.js';

/** What a refresh token says before anything is looked up. */
export interface PresentedRefreshToken {
  readonly authorizationId: string;
  readonly generation: number;
  readonly secret: string;
}

const SHAPE = /^gwrt_([A-Za-z0-9_-]{22})\.(0|[1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/;

/** Undefined for anything that is not a well-formed refresh token. */
export function parseRefreshToken(text: string): PresentedRefreshToken | undefined {
  const [, packed = '', generation = '', secret = ''] = SHAPE.exec(text) ?? [];
  const authorizationId = unpackId(packed);
  return authorizationId === undefined ? undefined : { authorizationId, generation: Number(generation), secret };
}

/**
 * Derives refresh tokens: `id.generation.HMAC(key, salt ‖ generation)` (design section 4.3). Nothing of the secret is
 * stored, so a successor whose reply was lost can be derived again within the grace window.
 */
export class RefreshTokenCodec {
  readonly #key: Buffer;

  /** @param key 32 bytes, the same in every process of an installation */
  constructor(key: Buffer) {
    this.#key = key;
  }

  format(authorizationId: string, salt: Uint8Array, generation: number): string {
    const secret = this.#secret(salt, generation).toString('base64url');
    return `${HandlePrefix.RefreshToken}_${packId(authorizationId)}.${generation}.${secret}`;
  }

  /** X12: constant time. */
  matches(presented: PresentedRefreshToken, salt: Uint8Array): boolean {
    const given = Buffer.from(presented.secret, 'base64url');
    const wanted = this.#secret(salt, presented.generation);
    return (
      given.length === wanted.length &&
      timingSafeEqual(given, wanted) &&
      given.toString('base64url') === presented.secret
    );
  }

  #secret(salt: Uint8Array, generation: number): Buffer {
    return createHmac('sha256', this.#key).update(salt).update(`.${generation}`).digest();
  }
}
