import {
  constants,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign as signBytes,
} from 'node:crypto';

/** Makes JWTs as clients do, and as they must not: header and payload go out as the texts they are given. */
export abstract class JwtKey {
  abstract readonly alg: string;
  abstract readonly kid: string | undefined;

  protected abstract signature(input: string): Buffer;

  /** @param header merged over `alg` and `kid`; a value of undefined leaves a member out */
  jwt(claims: object, header: object = {}): string {
    return this.sign({ alg: this.alg, ...(this.kid && { kid: this.kid }), ...header }, claims);
  }

  /** Exactly this header and payload; a text goes out as it is, well-formed or not. */
  sign(header: object | string, payload: unknown): string {
    const input = `${encoded(header)}.${encoded(payload)}`;
    return `${input}.${this.signature(input).toString('base64url')}`;
  }
}

/** A key pair of a client's. */
export class ClientKey extends JwtKey {
  private constructor(
    readonly alg: string,
    readonly kid: string,
    readonly privateKey: KeyObject,
    readonly publicKey: KeyObject,
  ) {
    super();
  }

  /** @param alg of RS, PS and ES 256–512, or EdDSA */
  static make(alg = 'ES256', kid: string = randomUUID(), rsaBits = 2048): ClientKey {
    const { privateKey, publicKey } = pairFor(alg, rsaBits);
    return new ClientKey(alg, kid, privateKey, publicKey);
  }

  /** As it is registered in the client's `jwks`. */
  get publicJwk(): Record<string, unknown> {
    return { ...this.publicKey.export({ format: 'jwk' }), kid: this.kid, use: 'sig' };
  }

  get privateJwk(): Record<string, unknown> {
    return { ...this.privateKey.export({ format: 'jwk' }), kid: this.kid };
  }

  /** The same key under another algorithm or name, as a confused or dishonest signer would use it. */
  as(alg: string, kid = this.kid): ClientKey {
    return new ClientKey(
      alg,
      kid,
      createPrivateKey(this.privateKey.export({ format: 'pem', type: 'pkcs8' })),
      this.publicKey,
    );
  }

  protected signature(input: string): Buffer {
    const { privateKey: key, alg } = this;
    const hash = `sha${alg.slice(2)}`;
    const bytes = Buffer.from(input);
    if (alg.startsWith('ES')) return signBytes(hash, bytes, { key, dsaEncoding: 'ieee-p1363' });
    if (alg.startsWith('RS')) return signBytes(hash, bytes, key);
    if (alg.startsWith('PS')) {
      const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
      return signBytes(hash, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
    }
    return signBytes(null, bytes, key);
  }
}

/** A client secret as the key of an HMAC; or any other bytes somebody might try. */
export class SecretKey extends JwtKey {
  readonly kid = undefined;

  constructor(
    private readonly secret: string | Buffer,
    readonly alg = 'HS256',
  ) {
    super();
  }

  protected signature(input: string): Buffer {
    return createHmac(`sha${this.alg.slice(2)}`, this.secret)
      .update(input)
      .digest();
  }
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export function seconds(fromNow = 0): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}

/** The claims of a good client assertion; a change of undefined leaves one out. */
export function assertionClaims(clientId: string, issuer: string, changes: object = {}): Record<string, unknown> {
  const good = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: seconds(), exp: seconds(60) };
  return { ...good, ...changes };
}

export function assertionForm(client_assertion: string): Record<string, string> {
  return { client_assertion_type: ASSERTION_TYPE, client_assertion };
}

/** The claims of a good request object or signed backchannel request, around its parameters. */
export function requestClaims(clientId: string, issuer: string, params: object): Record<string, unknown> {
  const frame = { iss: clientId, aud: issuer, jti: randomUUID(), iat: seconds(), nbf: seconds(), exp: seconds(300) };
  return { ...frame, ...params };
}

/** `alg: none`, with no signature or with one that is nothing. */
export function unsigned(claims: object, header: object = {}, signature = ''): string {
  return `${encoded({ alg: 'none', ...header })}.${encoded(claims)}.${signature}`;
}

/** The same JWT with one bit of its signature turned. */
export function spoiled(jwt: string): string {
  const [header, payload, signature = ''] = jwt.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  return `${header}.${payload}.${bytes.toString('base64url')}`;
}

/** CVE-2022-21449: r = s = 0. */
export function zeroSigned(jwt: string): string {
  return jwt.replace(/[^.]+$/, Buffer.alloc(64).toString('base64url'));
}

/** JW-06: the same three values in spellings that are not the one allowed. */
export function looseSpellings(jwt: string): [what: string, jwt: string][] {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  return [
    ['a newline after it', `${jwt}\n`],
    ['a blank before it', ` ${jwt}`],
    ['padding', `${jwt}==`],
    ['a last character with loose bits', `${header}.${payload}.${loosened(signature)}`],
    ['a character of plain base64', `${jwt.slice(0, -1)}+`],
    ['a blank inside', `${header}.${payload} .${signature}`],
    ['a fourth part', `${jwt}.${signature}`],
    ['an empty fourth part', `${jwt}.`],
    ['two parts', `${header}.${payload}`],
    ['no header', `.${payload}.${signature}`],
    ['no payload', `${header}..${signature}`],
  ];
}

/** CVE-2022-23539 and what came after: a public key in every spelling that a verifier might take for a secret. */
export function asSecrets({ publicKey, publicJwk }: ClientKey): [what: string, secret: Buffer][] {
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const pkcs1 =
    publicKey.asymmetricKeyType === 'rsa' ? (publicKey.export({ format: 'pem', type: 'pkcs1' }) as string) : pem;
  const { kid: _kid, use: _use, ...bare } = publicJwk;
  const texts: [string, string][] = [
    ['PEM', pem],
    ['PEM without its last newline', pem.trim()],
    ['PKCS#1', pkcs1],
    ['JWK', JSON.stringify(publicJwk)],
    ['JWK without kid', JSON.stringify(bare)],
    ['PEM after a blank', ` ${pem}`],
    ['PEM after a byte order mark', `\ufeff${pem}`],
    ['PEM after a comment', `# key\n${pem}`],
  ];
  return [
    ...texts.map(([what, text]): [string, Buffer] => [what, Buffer.from(text)]),
    ['DER', publicKey.export({ format: 'der', type: 'spki' })],
    ['nothing', Buffer.alloc(0)],
  ];
}

function encoded(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** The same bytes, with the bits set that the last character does not need; a 64- or 256-byte signature leaves four. */
function loosened(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(signature.at(-1) ?? 'A');
  return signature.slice(0, -1) + alphabet[last | 1];
}

function pairFor(alg: string, rsaBits: number): { privateKey: KeyObject; publicKey: KeyObject } {
  if (/^[RP]S/.test(alg)) return generateKeyPairSync('rsa', { modulusLength: rsaBits });
  const curve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg];
  if (curve) return generateKeyPairSync('ec', { namedCurve: curve });
  if (alg === 'EdDSA' || alg === 'Ed25519') return generateKeyPairSync('ed25519');
  throw new Error(`no key for ${alg}`);
}
