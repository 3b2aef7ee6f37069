import { Path, pathText } from '../file-problem.js';
import type { FileReading } from '../file-reading.js';

/** A value where it stands in the file. */
export class Cursor {
  constructor(
    readonly reading: FileReading,
    readonly node: unknown,
    readonly path: Path,
  ) {}

  at(step: string | number, node: unknown): Cursor {
    return new Cursor(this.reading, this.reading.source.resolve(node), [...this.path, step]);
  }

  fail(message: string): undefined {
    this.reading.fail(this.path, message);
    return undefined;
  }

  get pathText(): string {
    return pathText(this.path);
  }
}

/**
 * Reads one kind of value. What cannot be read is undefined, with its problem noted, so that the rest of the file is
 * still looked at and all problems are told at once.
 */
export interface Shape<T> {
  /** For messages and the manual: "text", "true or false", "a list of URIs". */
  readonly words: string;
  read(cursor: Cursor): Draft<T> | undefined;
  /** The keys of a map, for the manual. */
  readonly keys?: Keys;
  /** The element of a list, for the manual. */
  readonly element?: Shape<unknown>;
}

/** A value as the file has it: until the file is known to be free of problems, any key may be missing. */
export type Draft<T> = T extends readonly (infer E)[]
  ? readonly (Draft<E> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Draft<T[K]> | undefined }
    : T;

export interface Key<T> {
  readonly shape: Shape<T>;
  readonly meaning: string;
  readonly required?: true;
  /** What an absent key stands for, for the manual; whoever maps the file to the domain puts it in. */
  readonly otherwise?: string;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;
