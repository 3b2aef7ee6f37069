import { createPrivateKey, KeyObject } from 'node:crypto';
import { SigningAlgorithm, SigningKey, SigningKeys } from '@grantway/domain';
import { CryptoKey, importJWK } from 'jose';
import { KeyEncryption } from './key-encryption.js';

/** Most keys kept imported; far more than live environments per process, so a miss means a new or dropped key. */
const MOST_IMPORTED = 5_000;

/** The keys of every environment, imported once. The only place where private keys are in the clear. */
export class KeyRing {
  readonly #private = new Map<string, KeyObject>();
  readonly #public = new Map<string, Promise<CryptoKey>>();

  constructor(
    private readonly keys: SigningKeys,
    private readonly encryption: KeyEncryption,
  ) {}

  /** @throws Error when the environment has no active key of this algorithm */
  async signer(environmentId: string, algorithm: SigningAlgorithm): Promise<{ kid: string; key: KeyObject }> {
    const keys = await this.keys.list(environmentId);
    const active = keys.find((key) => key.algorithm === algorithm && key.state === 'active');
    if (!active) throw new Error(`environment ${environmentId} has no active ${algorithm} key`);
    return { kid: active.kid, key: this.#signingKey(active) };
  }

  /** The key a `kid` names, unless retired: a removed key verifies nothing from that moment on (JW-07). */
  async verifier(environmentId: string, kid: string, algorithm: string): Promise<CryptoKey | undefined> {
    const keys = await this.keys.list(environmentId);
    const found = keys.find((key) => key.kid === kid && key.algorithm === algorithm && key.state !== 'retired');
    return found && this.#verifyingKey(found);
  }

  /** RFC 7517 §5: public members alone. */
  async jwks(environmentId: string): Promise<{ keys: Readonly<Record<string, unknown>>[] }> {
    const keys = await this.keys.list(environmentId);
    return { keys: keys.filter((key) => key.state !== 'retired').map((key) => key.publicJwk) };
  }

  #signingKey(key: SigningKey): KeyObject {
    const name = nameOf(key);
    const known = this.#private.get(name);
    if (known) return known;
    const jwk = JSON.parse(this.encryption.open(key.encryptedPrivateKey, name));
    const opened = createPrivateKey({ key: jwk, format: 'jwk' });
    keep(this.#private, name, opened);
    return opened;
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
