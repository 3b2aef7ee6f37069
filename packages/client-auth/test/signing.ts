import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Client, Outbound, type OutboundReply, type OutboundRequest, OutboundTrouble } from '@grantway/domain';
import { aClient } from '@grantway/testing';

export const ISSUER = 'https://login.example/acme/as';
/** 64 bytes, enough for each HMAC. */
export const SECRET = 'a-secret-that-is-long-enough-for-every-one-of-the-hmac-algorithms';

/** A signer of JWTs whose header and payload go out as they are given. */
export interface Signer {
  readonly alg: string;
  sign(header: object | string, payload: unknown): string;
}

export interface KeyPair extends Signer {
  readonly publicKey: KeyObject;
  readonly jwk: Record<string, unknown>;
}

export function secretSigner(secret: string | Buffer = SECRET, alg = 'HS256'): Signer {
  return signer(alg, (input) =>
    createHmac(`sha${alg.slice(2)}`, secret)
      .update(input)
      .digest(),
  );
}

export function keyPair(alg: string, kid?: string, rsaBits = 2048): KeyPair {
  const { privateKey: key, publicKey } = pairFor(alg, rsaBits);
  const hash = `sha${alg.slice(2)}`;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  const made = signer(alg, (input) => {
    if (alg.startsWith('ES')) return sign(hash, input, { key, dsaEncoding: 'ieee-p1363' });
    if (alg.startsWith('PS')) return sign(hash, input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
    return sign(alg.startsWith('RS') ? hash : null, input, key);
  });
  return { ...made, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), ...(kid !== undefined && { kid }) } };
}

function signer(alg: string, signature: (input: Buffer) => Buffer): Signer {
  const encoded = (part: unknown) =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
  return {
    alg,
    sign: (header, payload) => {
      const input = `${encoded(header)}.${encoded(payload)}`;
      return `${input}.${signature(Buffer.from(input)).toString('base64url')}`;
    },
  };
}

function pairFor(alg: string, modulusLength: number): { privateKey: KeyObject; publicKey: KeyObject } {
  if (/^[RP]S/.test(alg)) return generateKeyPairSync('rsa', { modulusLength });
  const namedCurve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg];
  return namedCurve ? generateKeyPairSync('ec', { namedCurve }) : generateKeyPairSync('ed25519');
}

export function clientWith(keys: readonly object[], overrides: Partial<Client> = {}): Client {
  return aClient({ id: 'app', keys: { jwks: { keys: keys as Record<string, unknown>[] } }, ...overrides });
}

/** A site whose answers are set by the test, and counted. */
export class FakeOutbound extends Outbound {
  readonly requests: OutboundRequest[] = [];
  answer: () => Promise<OutboundReply> = async () => {
    throw new OutboundTrouble('failed', 'nobody there');
  };

  serve(keys: readonly object[], status = 200): void {
    this.answer = async () => ({ status, headers: {}, body: JSON.stringify({ keys }) });
  }

  fail(kind: 'refused' | 'failed' = 'failed'): void {
    this.answer = async () => {
      throw new OutboundTrouble(kind, 'not reached');
    };
  }

  override call(request: OutboundRequest): Promise<OutboundReply> {
    this.requests.push(request);
    return this.answer();
  }
}
