import { readFileSync } from 'node:fs';
import { nkeyAuthenticator, nkeys } from '@nats-io/transport-node';
import { ConfigError } from '../config/from-env.js';

/** Where a process finds its seed: the text itself, or a file which holds it. */
export interface BusIdentitySource {
  readonly natsNkeySeed?: string;
  readonly natsNkeyFile?: string;
}

/**
 * Who a process is on the bus: a NATS nkey. The seed stays in here and signs what the server asks to have signed, so
 * neither a log nor an error can show it.
 */
export class BusIdentity {
  #seed: Uint8Array;

  private constructor(
    seed: Uint8Array,
    private readonly file?: string,
  ) {
    this.#seed = seed;
  }

  /** @returns undefined where nothing is set: on a bus that asks nobody who they are */
  static read({ natsNkeySeed, natsNkeyFile }: BusIdentitySource): BusIdentity | undefined {
    if (natsNkeySeed && natsNkeyFile)
      throw new ConfigError('Configuration: NATS_NKEY_SEED and NATS_NKEY_FILE: set one');
    if (natsNkeySeed) return new BusIdentity(seedOf('NATS_NKEY_SEED', natsNkeySeed));
    if (natsNkeyFile) return new BusIdentity(seedOf('NATS_NKEY_FILE', readSeedFile(natsNkeyFile)), natsNkeyFile);
    return undefined;
  }

  /** What the server's list of users calls it. */
  get publicKey(): string {
    return nkeys.fromSeed(this.#seed).getPublicKey();
  }

  /** For the client library, which asks on every connect: a file that was replaced meanwhile counts from then on. */
  get authenticator(): ReturnType<typeof nkeyAuthenticator> {
    return nkeyAuthenticator(() => {
      this.#refresh();
      return this.#seed;
    });
  }

  /** A file that is being replaced may be gone or half written for a moment; what it held is good until then. */
  #refresh(): void {
    if (this.file === undefined) return;
    try {
      this.#seed = seedOf('NATS_NKEY_FILE', readSeedFile(this.file));
    } catch {}
  }
}

/** A new identity; the seed is its secret, the public key is what a server is told. */
export function createNkey(): { readonly seed: string; readonly publicKey: string } {
  const pair = nkeys.createUser();
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}

/** @returns undefined for what is no seed of a user */
export function publicKeyOf(seed: string): string | undefined {
  try {
    const publicKey = nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey();
    return publicKey.startsWith('U') ? publicKey : undefined;
  } catch {
    return undefined;
  }
}

/** @throws ConfigError which does not repeat the text */
function seedOf(variable: string, text: string): Uint8Array {
  if (publicKeyOf(text) === undefined) throw new ConfigError(`Configuration: ${variable} holds no nkey seed of a user`);
  return new TextEncoder().encode(text);
}

function readSeedFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`Configuration: NATS_NKEY_FILE cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
