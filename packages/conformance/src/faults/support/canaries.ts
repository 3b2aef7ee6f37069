import { randomBytes } from 'node:crypto';

const PATTERN = /gwcanary[0-9a-f]{20}/g;

/** Texts that stand nowhere else, each for one place where somebody could have put a secret. */
export class Canaries {
  readonly #names = new Map<string, string>();

  plant(name: string): string {
    const canary = `gwcanary${randomBytes(10).toString('hex')}`;
    this.#names.set(canary, name);
    return canary;
  }

  get count(): number {
    return this.#names.size;
  }

  /** Where those were planted that are found here, also where only a part of the text is what a secret became. */
  foundIn(text: string): string[] {
    const found = new Set(text.match(PATTERN) ?? []);
    return [...found].map((canary) => this.#names.get(canary) ?? `${canary}, which nobody planted`);
  }
}
