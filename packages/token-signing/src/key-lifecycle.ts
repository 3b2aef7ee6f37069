import { KeyState, SigningAlgorithm, SigningKey, SigningKeys } from '@grantway/domain';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { KeyEncryption } from './key-encryption.js';

const RSA_BITS = 2048;

/** Makes keys. What becomes of them, {@link KeyRotation} says. */
export class KeyLifecycle {
  constructor(
    private readonly keys: SigningKeys,
    private readonly encryption: KeyEncryption,
  ) {}

  /** Gives an environment an active key for each algorithm it signs with. @returns kids of those made now */
  async ensure(environmentId: string, algorithms: Iterable<SigningAlgorithm>): Promise<string[]> {
    const made: string[] = [];
    for (const algorithm of new Set(algorithms)) {
      if (await this.#active(environmentId, algorithm)) continue;
      const key = await this.make(environmentId, algorithm, 'active');
      try {
        await this.keys.add(key);
        made.push(key.kid);
      } catch (error) {
        // Another process was quicker: one active key is what we wanted.
        if (!(await this.#active(environmentId, algorithm))) throw error;
      }
    }
    return made;
  }

  /** A second key: in JWKS from now on, signing nothing yet. @returns its kid */
  async announce(environmentId: string, algorithm: SigningAlgorithm): Promise<string> {
    const key = await this.make(environmentId, algorithm, 'announced');
    await this.keys.add(key);
    return key.kid;
  }

  /** A new pair, kept nowhere yet. */
  async make(environmentId: string, algorithm: SigningAlgorithm, state: KeyState): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: RSA_BITS });
    const publicJwk = await exportJWK(publicKey);
    // RFC 7638: a name no other key can have.
    const kid = await calculateJwkThumbprint(publicJwk);
    const encryptedPrivateKey = this.encryption.seal(
      JSON.stringify(await exportJWK(privateKey)),
      `${environmentId}/${kid}`,
    );
    return {
      environmentId,
      kid,
      algorithm,
      state,
      publicJwk: { ...publicJwk, kid, alg: algorithm, use: 'sig' },
      encryptedPrivateKey,
    };
  }

  async #active(environmentId: string, algorithm: SigningAlgorithm): Promise<SigningKey | undefined> {
    const keys = await this.keys.list(environmentId);
    return keys.find((key) => key.algorithm === algorithm && key.state === 'active');
  }
}
