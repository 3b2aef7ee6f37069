import type { House } from './house/house.js';
import type { MixedLoad } from './load/mixed-load.js';
import type { Random } from './random.js';
import type { Version } from './versions/version-before.js';

/** What had to hold, whether it did, and what was looked at. */
export interface Claim {
  readonly invariant: string;
  readonly held: boolean;
  readonly detail: string;
}

export interface TrialOptions {
  readonly house: House;
  readonly load: MixedLoad;
  readonly random: Random;
  /** How long the recipe goes on; absent: as it thinks right. */
  readonly seconds?: number | undefined;
  /** What the house began with, where that is not this clone. */
  readonly version?: Version | undefined;
  /** Told what is going on. */
  readonly say?: (line: string) => void;
}

/** One run of one recipe: what it works with, and what it writes down. */
export class Trial {
  readonly house: House;
  readonly load: MixedLoad;
  readonly random: Random;
  readonly version: Version | undefined;
  readonly faults = new Map<string, number>();
  readonly claims: Claim[] = [];
  /** What a reader should know of the run. */
  readonly notes: string[] = [];
  readonly say: (line: string) => void;
  readonly #seconds: number | undefined;

  constructor({ house, load, random, seconds, version, say = () => {} }: TrialOptions) {
    this.house = house;
    this.load = load;
    this.random = random;
    this.version = version;
    this.say = say;
    this.#seconds = seconds;
  }

  /** @param usual seconds, where nobody said how long. @returns whether there is time for another round */
  lasts(usual: number): () => boolean {
    const until = Date.now() + (this.#seconds ?? usual) * 1_000;
    return () => Date.now() < until;
  }

  fault(what: string): void {
    this.faults.set(what, (this.faults.get(what) ?? 0) + 1);
  }

  claim(invariant: string, held: boolean, detail: string): void {
    this.claims.push({ invariant, held, detail });
  }
}
