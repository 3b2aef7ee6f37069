import { SigningAlgorithm } from '@grantway/domain';
import { JWTPayload, SignJWT } from 'jose';
import { KeyRing } from './key-ring.js';

/** What kind of JWT it is, said in its header so that none passes for another (RFC 8725 §3.11). */
export type JwtType = 'at+jwt' | 'JWT';

export interface JwtToSign {
  readonly environmentId: string;
  readonly algorithm: SigningAlgorithm;
  /** RFC 9068 §2.1 for access tokens; plain `JWT` for ID tokens. */
  readonly type: JwtType;
  readonly claims: JWTPayload;
}

export class TokenSigner {
  constructor(private readonly ring: KeyRing) {}

  async sign({ environmentId, algorithm, type, claims }: JwtToSign): Promise<string> {
    const { kid, key } = await this.ring.signer(environmentId, algorithm);
    return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, typ: type }).sign(key);
  }
}
