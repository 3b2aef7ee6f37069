import { Client, Environment, OutboundTrouble, SecretBox, UsedJwts } from '@grantway/domain';
import { CryptoKey, compactVerify, importJWK, JWTPayload } from 'jose';
import { fits, isHmac, isLongEnough, Jwk } from './algorithms.js';
import { ClientKeySets } from './client-key-sets.js';
import { readCompactJwt } from './compact-jwt.js';
import { ClaimsProblem, ClientJwtPurpose, claimsProblem, PURPOSES, PurposeRules, SKEW } from './purposes.js';

/**
 * Header members that bring a key of the sender's own (JW-02), change what was signed (RFC 7797), must be understood or the JWT
 * refused (`crit`; we understand none), or belong to nested and encrypted JWTs.
 */
const REFUSED_MEMBERS = ['jku', 'x5u', 'jwk', 'x5c', 'crit', 'b64', 'cty', 'enc', 'zip'];
/** Keys of one client that are tried for a JWT without a `kid`. */
const MOST_TRIED = 10;

export type ClientJwtRefusal =
  | ClaimsProblem
  | 'malformed'
  | 'header'
  | 'type'
  | 'algorithm'
  | 'no_key'
  | 'keys_unreachable'
  | 'signature'
  | 'used_before';

export type ClientJwtVerdict =
  | { readonly claims: JWTPayload; readonly refused?: never }
  /** For our logs. Only `expired` means that all the rest was right. */
  | { readonly refused: ClientJwtRefusal; readonly claims?: never };

export interface ClientJwtExpectation {
  readonly purpose: ClientJwtPurpose;
  readonly client: Client;
  readonly environment: Pick<Environment, 'id' | 'outbound'>;
  readonly issuer: string;
  /** Names of ours that `aud` may say besides the issuer. */
  readonly otherAudiences?: readonly string[];
  /** Narrows whose key may have signed: the client's secret, or one of its key pairs. */
  readonly keys?: 'secret' | 'public';
}

/** The one place where JWTs that clients signed are verified. */
export class ClientJwtVerifier {
  readonly #imported = new WeakMap<Jwk, Map<string, Promise<CryptoKey | Uint8Array>>>();

  constructor(
    private readonly keySets: ClientKeySets,
    private readonly box: SecretBox,
    private readonly used: UsedJwts,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whatever a client sends, this is a verdict; only our own storage makes it throw (I4). */
  async verify(token: string, expected: ClientJwtExpectation): Promise<ClientJwtVerdict> {
    const { purpose, client, issuer, otherAudiences = [] } = expected;
    const rules: PurposeRules = PURPOSES[purpose];
    const jwt = readCompactJwt(token, rules.longest);
    if (!jwt) return { refused: 'malformed' };
    const { alg, kid, typ } = jwt.header;
    if (REFUSED_MEMBERS.some((name) => name in jwt.header)) return { refused: 'header' };
    if (kid !== undefined && typeof kid !== 'string') return { refused: 'header' };
    if (typ !== undefined && !isType(typ, rules.types)) return { refused: 'type' };
    if (typeof alg !== 'string' || !isAllowed(alg, rules, expected.keys)) return { refused: 'algorithm' };

    const audiences = [issuer, ...otherAudiences];
    const problem = claimsProblem(jwt.claims, rules, { client, audiences, now: this.now() / 1000 });
    // Before the signature, so that nobody's key site is asked for what would be refused anyhow.
    if (problem !== undefined && problem !== 'expired') return { refused: problem };
    const unsigned = await this.#signatureProblem(token, alg, kid, expected);
    const refused = unsigned ?? problem ?? (await this.#reuse(jwt.claims as JWTPayload, purpose, client));
    return refused === undefined ? { claims: jwt.claims as JWTPayload } : { refused };
  }

  async #signatureProblem(
    token: string,
    alg: string,
    kid: string | undefined,
    expected: ClientJwtExpectation,
  ): Promise<ClientJwtRefusal | undefined> {
    try {
      const keys = isHmac(alg) ? this.#secret(expected.client, alg) : await this.#publicKeys(expected, alg, kid);
      if (keys.length === 0) return 'no_key';
      for (const key of keys) if (await verifies(token, key, alg)) return undefined;
      return 'signature';
    } catch (error) {
      if (error instanceof OutboundTrouble) return 'keys_unreachable';
      throw error;
    }
  }

  /** HMAC is keyed by the secret of the client alone, never by anything public (JW-01). */
  #secret({ sealedSecret, environmentId, id }: Client, alg: string): Uint8Array[] {
    if (sealedSecret === undefined) return [];
    const secret = Buffer.from(this.box.open(Buffer.from(sealedSecret, 'base64url'), `${environmentId}/${id}`));
    return isLongEnough(secret, alg) ? [secret] : [];
  }

  async #publicKeys({ client, environment }: ClientJwtExpectation, alg: string, kid: string | undefined) {
    const found = await this.keySets.find(client, environment.outbound, (key) => fits(key, alg, kid));
    const imports = await Promise.allSettled(found.slice(0, MOST_TRIED).map((key) => this.#import(key, alg)));
    // A key set may hold one that is broken beside one that is good.
    return imports.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }

  #import(key: Jwk, alg: string): Promise<CryptoKey | Uint8Array> {
    const imported = this.#imported.get(key) ?? new Map<string, Promise<CryptoKey | Uint8Array>>();
    this.#imported.set(key, imported);
    const { kty, crv, x, y, n, e } = key as Record<string, string>;
    // Only the numbers: whatever else the client wrote into its key is for others.
    const made = imported.get(alg) ?? importJWK(JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })), alg);
    imported.set(alg, made);
    return made;
  }

  /** CA-07: remembered in one write, and only once everything else was right. */
  async #reuse(
    { jti, exp }: JWTPayload,
    purpose: ClientJwtPurpose,
    client: Client,
  ): Promise<'used_before' | undefined> {
    if (purpose !== 'client_assertion' || jti === undefined || exp === undefined) return undefined;
    const until = new Date((exp + SKEW) * 1000);
    const isFirst = await this.used.use(client.environmentId, `${purpose} ${client.id}`, jti, until);
    return isFirst ? undefined : 'used_before';
  }
}

/** Whatever jose finds wrong, a key that is too small included, is that this key did not sign it. */
async function verifies(token: string, key: CryptoKey | Uint8Array, alg: string): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}

/** RFC 7515 §4.1.9: `application/` may be left out, and letters are equal in both sizes. */
function isType(typ: unknown, types: readonly string[]): boolean {
  return typeof typ === 'string' && types.includes(typ.toLowerCase().replace(/^application\//, ''));
}

function isAllowed(alg: string, { algorithms }: PurposeRules, keys: ClientJwtExpectation['keys']): boolean {
  return algorithms.includes(alg) && (keys === undefined || isHmac(alg) === (keys === 'secret'));
}
