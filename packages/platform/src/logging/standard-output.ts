import pino from 'pino';

/** Milliseconds that a line waits at most for others to leave with it. */
const TOGETHER_MS = 20;
/** Characters. */
const MOST_WAITING = 32_768;

/**
 * The process's standard output, for log lines: those of a moment leave in one write. None is lost when the process ends in
 * any way that lets it say so; one that is killed takes the last few milliseconds with it.
 */
export class StandardOutput implements pino.DestinationStream {
  static #only: StandardOutput | undefined;
  #waiting = '';
  #timer: NodeJS.Timeout | undefined;

  /** @param output writes at once, as pino's own does */
  constructor(private readonly output: pino.DestinationStream) {}

  /** One for all loggers of the process, so that their lines keep their order. */
  static get(): StandardOutput {
    if (!StandardOutput.#only) {
      const only = new StandardOutput(pino.destination({ dest: 1, sync: true }));
      process.on('exit', () => only.flushSync());
      StandardOutput.#only = only;
    }
    return StandardOutput.#only;
  }

  write(line: string): void {
    this.#waiting += line;
    if (this.#waiting.length >= MOST_WAITING) this.flushSync();
    else this.#timer ??= setTimeout(() => this.flushSync(), TOGETHER_MS).unref();
  }

  /** Pino's word for it; it asks after every fatal line. */
  flushSync(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#waiting;
    this.#waiting = '';
    if (lines !== '') this.output.write(lines);
  }
}
