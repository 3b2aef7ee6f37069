import { SigningAlgorithm } from '@grantway/domain';
import { JWTPayload, SignJWT } from 'jose';
import { KeyRing } from './key-ring.js';

/** What kind of JWT it is, said in its header so that none passes for another (RFC 8725 §3.11). */
export type JwtType = 'at+jwt' | 'JWT' | 'service-account+jwt';

export interface JwtToSign {
  readonly environmentId: string;
  readonly algorithm: SigningAlgorithm;
  /** RFC 9068 §2.1 for access tokens; plain `JWT` for ID tokens; our own word for service tokens. */
  readonly type: JwtType;
  readonly claims: JWTPayload;
}

export class TokenSigner {
  constructor(private readonly ring: KeyRing) {}

  /**
   * Makes sure that keys for these algorithms are at hand, so that nothing is spent for a token that cannot be signed.
   * @throws Error as {@link sign} would
   */
  async prepare(environmentId: string, algorithms: Iterable<SigningAlgorithm>): Promise<void> {
    await Promise.all([...new Set(algorithms)].map((algorithm) => this.ring.signer(environmentId, algorithm)));
  }

  async sign({ environmentId, algorithm, type, claims }: JwtToSign): Promise<string> {
    const { kid, key } = await this.ring.signer(environmentId, algorithm);
    return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, typ: type }).sign(key);
  }
}
