import { errors, JWTPayload, JWTVerifyOptions, jwtVerify } from 'jose';
import { KeyRing } from './key-ring.js';

/** Longest token worth looking at, in characters. */
const LONGEST = 16_384;

/** Why a token is being read; each purpose accepts exactly one kind of ours (JW-03). */
const PURPOSES = {
  // RFC 7523 §3: a service account's credential, for us alone; what it stands and falls with is its `jti` (S3, S5).
  service_token: {
    typ: 'service-account+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['sub', 'aud', 'iat', 'exp', 'jti'],
  },
  access_token: { typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'sub', 'aud', 'client_id', 'jti', 'scope'] },
  id_token: { typ: 'JWT', requiredClaims: ['exp', 'sub', 'aud', 'iat'] },
  // OIDC Core §3.1.2.1: a hint is still a hint after it expired.
  id_token_hint: { typ: 'JWT', requiredClaims: ['sub', 'aud', 'iat'], currentDate: new Date(0) },
} as const satisfies Record<string, JWTVerifyOptions>;

export type VerificationPurpose = keyof typeof PURPOSES;

export interface VerificationGrounds {
  readonly environmentId: string;
  readonly issuer: string;
  readonly purpose: VerificationPurpose;
}

/** A good token's claims; an expired one was good in every other respect. */
export type Verification = { readonly claims: JWTPayload; readonly expired: boolean };

/** The one place where our own JWTs are verified. */
export class TokenVerifier {
  constructor(private readonly ring: KeyRing) {}

  /** @returns the claims, or undefined for anything but a good token of this environment and purpose */
  async verify(token: string, expected: VerificationGrounds): Promise<JWTPayload | undefined> {
    const verified = await this.examine(token, expected);
    return verified?.expired === false ? verified.claims : undefined;
  }

  /** The same, for whoever wants to tell one that was good once from one that never was. */
  async examine(token: string, expected: VerificationGrounds): Promise<Verification | undefined> {
    if (token.length > LONGEST || !isStrictlyCompact(token)) return undefined;
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid, alg }) => {
          const key = kid === undefined ? undefined : await this.ring.verifier(expected.environmentId, kid, alg);
          if (!key) throw new errors.JWKSNoMatchingKey();
          return key;
        },
        {
          ...PURPOSES[expected.purpose],
          requiredClaims: [...PURPOSES[expected.purpose].requiredClaims],
          issuer: expected.issuer,
          ...(expected.purpose === 'service_token' && { audience: expected.issuer }),
        },
      );
      return { claims: payload, expired: false };
    } catch (error) {
      // Signature, kind and issuer are looked at before the time.
      if (error instanceof errors.JWTExpired) return { claims: error.payload, expired: true };
      // What is wrong with a token is a verdict; what is wrong with our storage is not (I4).
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

/** RFC 7515 §3.1, JW-06: three parts, each the one base64url spelling of its bytes; decoders forgive more. */
function isStrictlyCompact(token: string): boolean {
  const parts = token.split('.', 4);
  return parts.length === 3 && parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}
