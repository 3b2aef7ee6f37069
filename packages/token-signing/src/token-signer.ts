import { KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { SigningAlgorithm } from '@grantway/domain';
import { JWTPayload } from 'jose';
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

const signInThreadPool = promisify(sign);

/** Compact JWS (RFC 7515 §3.1) of our own claims; why not by the library, adr/0001 says. */
export class TokenSigner {
  constructor(private readonly ring: KeyRing) {}

  /**
   * Makes sure that keys for these algorithms are at hand, so that nothing is spent for a token that cannot be signed.
   * @throws Error as {@link sign} would
   */
  async prepare(environmentId: string, algorithms: Iterable<SigningAlgorithm>): Promise<void> {
    for (const algorithm of new Set(algorithms)) await this.ring.signer(environmentId, algorithm);
  }

  /** @throws Error when the environment has no active key of this algorithm */
  async sign({ environmentId, algorithm, type, claims }: JwtToSign): Promise<string> {
    const { kid, key } = await this.ring.signer(environmentId, algorithm, claims.exp);
    const input = `${encode({ alg: algorithm, kid, typ: type })}.${encode(claims)}`;
    return `${input}.${(await SIGNATURE[algorithm](Buffer.from(input), key)).toString('base64url')}`;
  }
}

/** RFC 7518 §3.3, §3.4. ES256 takes 20 µs, less than handing it to another thread; RS256 ten times that, so it goes there. */
const SIGNATURE: Record<SigningAlgorithm, (input: Buffer, key: KeyObject) => Buffer | Promise<Buffer>> = {
  ES256: (input, key) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  RS256: (input, key) => signInThreadPool('sha256', input, key),
};

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
