import { createPrivateKey, KeyObject } from 'node:crypto';
import { SigningAlgorithm, SigningKey, SigningKeys } from '@grantway/domain';
import { CryptoKey, importJWK } from 'jose';
import { KeyEncryption } from './key-encryption.js';
import { KeyKeeping } from './key-keeping.js';

/** Most keys kept imported; far more than live environments per process, so a miss means a new or dropped key. */
const MOST_IMPORTED = 5_000;
/** Milliseconds. */
const PAUSE = 200;
/** RFC 7638: what our kids look like. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** The keys of every environment, imported once. The only place where private keys are in the clear. */
export class KeyRing {
  /** One per environment and algorithm: the next one that signs takes the place of the one before. */
  readonly #private = new Map<string, { readonly kid: string; readonly key: KeyObject }>();
  readonly #public = new Map<string, Promise<CryptoKey>>();
  /** By environment; when a kid that nobody knows is looked up again at the earliest. */
  readonly #notAgainBefore = new Map<string, number>();
  readonly #keeping: KeyKeeping;

  constructor(
    private readonly keys: SigningKeys,
    private readonly encryption: KeyEncryption,
  ) {
    this.#keeping = new KeyKeeping(keys);
  }

  /**
   * @param exp seconds since 1970; when what is to be signed expires. The key is kept for longer than that.
   * @throws Error when the environment has no active key of this algorithm
   */
  async signer(
    environmentId: string,
    algorithm: SigningAlgorithm,
    exp?: number,
  ): Promise<{ kid: string; key: KeyObject }> {
    const active = await this.#active(environmentId, algorithm);
    if (exp === undefined || (await this.#keeping.cover(active, exp))) return this.#signingKey(active);
    // Removed this moment: what is there now is another.
    const next = await this.#active(environmentId, algorithm);
    if (await this.#keeping.cover(next, exp)) return this.#signingKey(next);
    throw new Error(`environment ${environmentId} has no ${algorithm} key that may sign`);
  }

  /** @throws Error when it cannot sign here: there is no such key, or it was sealed with another master key */
  async tryOut(environmentId: string, kid: string): Promise<void> {
    const found = (await this.keys.list(environmentId)).find((key) => key.kid === kid);
    if (!found) throw new Error(`environment ${environmentId} has no key ${kid}`);
    this.#open(found);
  }

  /** The key a `kid` names, unless retired: a removed key verifies nothing from that moment on (JW-07). */
  async verifier(environmentId: string, kid: string, algorithm: string): Promise<CryptoKey | undefined> {
    const isIt = (key: SigningKey) => key.kid === kid && key.algorithm === algorithm && key.state !== 'retired';
    const found = (await this.keys.list(environmentId)).find(isIt) ?? (await this.#lookAgain(environmentId, kid));
    return found && isIt(found) ? this.#verifyingKey(found) : undefined;
  }

  /** RFC 7517 §5: public members alone. */
  async jwks(environmentId: string): Promise<{ keys: Readonly<Record<string, unknown>>[] }> {
    const keys = await this.keys.list(environmentId);
    return { keys: keys.filter((key) => key.state !== 'retired').map((key) => key.publicJwk) };
  }

  async #active(environmentId: string, algorithm: SigningAlgorithm): Promise<SigningKey> {
    const keys = await this.keys.list(environmentId);
    const active = keys.find((key) => key.algorithm === algorithm && key.state === 'active');
    if (!active) throw new Error(`environment ${environmentId} has no active ${algorithm} key`);
    return active;
  }

  /** I2: another process may sign with a key that took a removed one's place before we hear of it. Strangers' kids ask seldom. */
  async #lookAgain(environmentId: string, kid: string): Promise<SigningKey | undefined> {
    if (!THUMBPRINT.test(kid)) return undefined;
    const now = performance.now();
    if (now < (this.#notAgainBefore.get(environmentId) ?? 0)) return undefined;
    const found = await this.keys.find(environmentId, kid);
    if (!found) keep(this.#notAgainBefore, environmentId, now + PAUSE);
    return found;
  }

  #signingKey(key: SigningKey): { kid: string; key: KeyObject } {
    const place = `${key.environmentId}/${key.algorithm}`;
    const known = this.#private.get(place);
    if (known?.kid === key.kid) return known;
    const opened = { kid: key.kid, key: this.#open(key) };
    keep(this.#private, place, opened);
    return opened;
  }

  #open(key: SigningKey): KeyObject {
    const jwk = JSON.parse(this.encryption.open(key.encryptedPrivateKey, nameOf(key)));
    return createPrivateKey({ key: jwk, format: 'jwk' });
  }

  #verifyingKey(key: SigningKey): Promise<CryptoKey> {
    const name = nameOf(key);
    const known = this.#public.get(name);
    if (known) return known;
    const opening = importJWK({ ...key.publicJwk }, key.algorithm) as Promise<CryptoKey>;
    keep(this.#public, name, opening);
    opening.catch(() => this.#public.delete(name));
    return opening;
  }
}

/** Also what the private key is sealed with: one put in another's place does not open. */
function nameOf({ environmentId, kid }: SigningKey): string {
  return `${environmentId}/${kid}`;
}

function keep<Key>(imported: Map<string, Key>, name: string, key: Key): void {
  if (imported.size >= MOST_IMPORTED) imported.clear();
  imported.set(name, key);
}
