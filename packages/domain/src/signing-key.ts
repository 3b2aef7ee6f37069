import { SigningAlgorithm } from './environment.js';

/** design section 6: published before the first signature, kept after the last. */
export type KeyState = 'announced' | 'active' | 'retiring' | 'retired';

export interface SigningKey {
  readonly environmentId: string;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: KeyState;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** Encrypted with the installation's key-encryption key; empty as soon as the key signs no more. */
  readonly encryptedPrivateKey: Uint8Array;
  /** Nothing signed with it may expire later. Whoever wants to sign what does, says so first ({@link SigningKeys.keep}). */
  readonly keptUntil?: Date;
}

/** Another replica was faster: list the keys again and use its. */
export class ActiveKeyExists extends Error {
  override readonly name = 'ActiveKeyExists';

  constructor(environmentId: string, options?: ErrorOptions) {
    super(`environment ${environmentId} has this key, or an active key of this algorithm, already`, options);
  }
}

export abstract class SigningKeys {
  /** All keys of an environment but the retired ones, oldest first, cached like {@link Environments}. */
  abstract list(environmentId: string): Promise<readonly SigningKey[]>;

  /** One of them as it is stored now: it may have been made this moment, and nobody has told us yet. */
  abstract find(environmentId: string, kid: string): Promise<SigningKey | undefined>;

  /** @throws ActiveKeyExists when an active key of this algorithm exists already and the new one is active too */
  abstract add(key: SigningKey): Promise<void>;

  /**
   * The key is kept until then at least; never shortens.
   * @returns false when it is retired, or none of ours: it must not sign
   */
  abstract keep(environmentId: string, kid: string, until: Date): Promise<boolean>;
}
