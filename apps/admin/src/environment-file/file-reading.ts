import { FileProblem, Path, pathText } from './file-problem.js';
import { Variables } from './variables.js';
import { YamlSource } from './yaml-source.js';

/** What is known while one file is read: its source, the variables, the problems so far. */
export class FileReading {
  readonly #problems: (FileProblem & { readonly offset: number })[] = [];

  constructor(
    readonly source: YamlSource,
    readonly variables: Variables,
    /** Marked `demo: true`, so secrets may stand in it. */
    readonly demo: boolean,
  ) {}

  fail(path: Path, message: string, target: 'key' | 'value' = 'value'): void {
    this.failAt(this.source.offsetOf(path, target), message, pathText(path));
  }

  failAt(offset: number, message: string, path = ''): void {
    this.#problems.push({ file: this.source.file, ...this.source.position(offset), path, message, offset });
  }

  /** Whether the file has something there, readable or not. */
  has(path: Path): boolean {
    return this.source.has(path);
  }

  /** `line 12`, for problems that speak of a second place. */
  lineOf(path: Path): string {
    return `line ${this.source.position(this.source.offsetOf(path)).line}`;
  }

  /** In the order of the file, which is the order somebody repairs them in. */
  get problems(): FileProblem[] {
    const ordered = [...this.#problems].sort((one, other) => one.offset - other.offset);
    return ordered.map(({ offset: _offset, ...problem }) => problem);
  }
}
