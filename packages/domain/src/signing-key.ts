import { SigningAlgorithm } from './environment.js';

/** design section 6: published before the first signature, kept after the last. */
export type KeyState = 'announced' | 'active' | 'retiring' | 'retired';

export interface SigningKey {
  readonly environmentId: string;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: KeyState;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** Encrypted with the installation's key-encryption key. */
  readonly encryptedPrivateKey: Uint8Array;
}

/** Another replica was faster: list the keys again and use its. */
export class ActiveKeyExists extends Error {
  override readonly name = 'ActiveKeyExists';

  constructor(environmentId: string, options?: ErrorOptions) {
    super(`environment ${environmentId} has this key, or an active key of this algorithm, already`, options);
  }
}

export abstract class SigningKeys {
  /** All keys of an environment, oldest first, cached like {@link Environments}. */
  abstract list(environmentId: string): Promise<readonly SigningKey[]>;

  /** @throws ActiveKeyExists when an active key of this algorithm exists already and the new one is active too */
  abstract add(key: SigningKey): Promise<void>;

  /**
   * One conditional write: false when the key is no longer in `from`.
   * @throws ActiveKeyExists as for {@link add}
   */
  abstract advance(environmentId: string, kid: string, from: KeyState, to: KeyState): Promise<boolean>;
}
