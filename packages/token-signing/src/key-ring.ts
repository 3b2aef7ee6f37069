import { SigningAlgorithm, SigningKey, SigningKeys } from '@grantway/domain';
import { CryptoKey, importJWK } from 'jose';
import { KeyEncryption } from './key-encryption.js';

/** Most keys kept imported; far more than live environments per process, so a miss means a new or dropped key. */
const MOST_IMPORTED = 5_000;

/** The keys of every environment, imported once. The only place where private keys are in the clear. */
export class KeyRing {
  readonly #imported = new Map<string, Promise<CryptoKey>>();

  constructor(
    private readonly keys: SigningKeys,
    private readonly encryption: KeyEncryption,
  ) {}

  /** @throws Error when the environment has no active key of this algorithm */
  async signer(environmentId: string, algorithm: SigningAlgorithm): Promise<{ kid: string; key: CryptoKey }> {
    const keys = await this.keys.list(environmentId);
    const active = keys.find((key) => key.algorithm === algorithm && key.state === 'active');
    if (!active) throw new Error(`environment ${environmentId} has no active ${algorithm} key`);
    const key = await this.#import(`private ${environmentId}/${active.kid}`, () => this.#openPrivate(active));
    return { kid: active.kid, key };
  }

  /** The key a `kid` names, unless retired: a removed key verifies nothing from that moment on (JW-07). */
  async verifier(environmentId: string, kid: string, algorithm: string): Promise<CryptoKey | undefined> {
    const keys = await this.keys.list(environmentId);
    const found = keys.find((key) => key.kid === kid && key.algorithm === algorithm && key.state !== 'retired');
    return found && this.#import(`public ${environmentId}/${kid}`, () => importPublic(found));
  }

  /** RFC 7517 §5: public members alone. */
  async jwks(environmentId: string): Promise<{ keys: Readonly<Record<string, unknown>>[] }> {
    const keys = await this.keys.list(environmentId);
    return { keys: keys.filter((key) => key.state !== 'retired').map((key) => key.publicJwk) };
  }

  #import(name: string, open: () => Promise<CryptoKey>): Promise<CryptoKey> {
    const known = this.#imported.get(name);
    if (known) return known;
    if (this.#imported.size >= MOST_IMPORTED) this.#imported.clear();
    const opening = open();
    this.#imported.set(name, opening);
    opening.catch(() => this.#imported.delete(name));
    return opening;
  }

  async #openPrivate(key: SigningKey): Promise<CryptoKey> {
    const jwk = JSON.parse(this.encryption.open(key.encryptedPrivateKey, `${key.environmentId}/${key.kid}`));
    return (await importJWK(jwk, key.algorithm)) as CryptoKey;
  }
}

async function importPublic(key: SigningKey): Promise<CryptoKey> {
  return (await importJWK({ ...key.publicJwk }, key.algorithm)) as CryptoKey;
}
