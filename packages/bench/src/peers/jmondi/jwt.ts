import type { JwtInterface } from '@jmondi/oauth2-server';
import { type CryptoKey, compactVerify, decodeJwt, importJWK, type JWK, SignJWT } from 'jose';
import { AUDIENCES, SCOPES } from '../../installation.js';

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** The library's tokens, signed with ES256, and with RS256 for the one API that wants it. */
export class JoseJwt implements JwtInterface {
  private constructor(
    private readonly issuer: string,
    private readonly keys: ReadonlyMap<string, Key>,
    /** For those who check the signatures. */
    readonly publicJwks: { readonly keys: readonly JWK[] },
  ) {}

  static async of(issuer: string, { keys }: { readonly keys: readonly JWK[] }): Promise<JoseJwt> {
    const imported = new Map<string, Key>();
    const publicKeys = keys.map(publicPart);
    for (const [n, jwk] of keys.entries()) {
      const { alg = '', kid = '' } = jwk;
      const publicKey = (await importJWK(publicKeys[n] as JWK)) as CryptoKey;
      imported.set(alg, { kid, publicKey, privateKey: (await importJWK(jwk)) as CryptoKey });
    }
    return new JoseJwt(issuer, imported, { keys: publicKeys });
  }

  /** An access token: codes and refresh tokens are opaque, so that nothing else comes here. */
  sign(payload: string | Buffer | Record<string, unknown>): Promise<string> {
    if (typeof payload === 'string' || Buffer.isBuffer(payload)) throw new TypeError('only claims are signed');
    const scopes = typeof payload['scope'] === 'string' ? payload['scope'].split(' ') : [];
    const aud = scopes.flatMap((scope) => AUDIENCES[scope] ?? []);
    const claims = aud.length === 0 ? payload : { ...payload, aud: aud.length === 1 ? aud[0] : aud };
    return this.#signed(claims, scopes.includes(SCOPES.rs256) ? 'RS256' : 'ES256', 'at+jwt');
  }

  /** OpenID Connect Core §2. */
  idToken(clientId: string, personId: string): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: this.issuer, sub: personId, aud: clientId, iat: now, exp: now + 3_600 };
    return this.#signed(claims, 'ES256', 'JWT');
  }

  /** @throws Error when it is not ours or its time is over */
  async verify(
    token: string,
    { ignoreExpiration = false, ignoreNotBefore = false } = {},
  ): Promise<Record<string, unknown>> {
    const { payload } = await compactVerify(token, ({ alg }) => this.#key(alg).publicKey);
    const claims = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    const now = Date.now() / 1_000;
    if (!ignoreExpiration && Number(claims['exp']) <= now) throw new Error('jwt expired');
    if (!ignoreNotBefore && Number(claims['nbf']) > now) throw new Error('jwt not active');
    return claims;
  }

  decode(token: string): Record<string, unknown> {
    return decodeJwt(token);
  }

  #signed(claims: Record<string, unknown>, alg: string, typ: string): Promise<string> {
    const { kid, privateKey } = this.#key(alg);
    return new SignJWT(claims).setProtectedHeader({ alg, typ, kid }).sign(privateKey);
  }

  #key(alg: string): Key {
    const key = this.keys.get(alg);
    if (!key) throw new Error(`no key for ${alg}`);
    return key;
  }
}

function publicPart({ kty, alg, use, kid, crv, x, y, n, e }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, alg, use, kid, crv, x, y, n, e })) as JWK;
}
