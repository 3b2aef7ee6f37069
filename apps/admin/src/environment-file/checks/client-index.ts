import { FileEntry } from '../sections/file.section.js';
import { Draft } from '../shape/shape.js';
import { didYouMean } from '../suggestion.js';

/** The clients of the file, as far as they can be read. */
export class ClientIndex {
  readonly #ids: ReadonlySet<string>;
  /** Some id could not be read, so an unknown one may be that. */
  readonly #complete: boolean;

  constructor({ clients }: Draft<FileEntry>, clientsPresent: boolean) {
    const ids = (clients ?? []).map((client) => client?.id);
    this.#ids = new Set(ids.filter((id) => id !== undefined));
    this.#complete = (!clientsPresent || clients !== undefined) && !ids.includes(undefined);
  }

  /** Why nothing can refer to this client. */
  fault(id: string): string | undefined {
    if (!this.#complete || this.#ids.has(id)) return undefined;
    return `is no client of this file${didYouMean(id, [...this.#ids])}`;
  }
}
