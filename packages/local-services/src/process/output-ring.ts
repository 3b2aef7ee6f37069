/** The last lines a process printed, oldest first. */
export class OutputRing {
  private readonly kept: string[] = [];
  private readonly rest = new Map<string, string>();

  /**
   * @param capacity lines kept
   * @param onLine called with each whole line as it comes
   */
  constructor(
    private readonly capacity = 200,
    private readonly onLine: (line: string) => void = () => {},
  ) {}

  /** Takes a piece of output; `source` keeps half lines of stdout and stderr apart. */
  write(chunk: string, source = 'stdout'): void {
    const lines = ((this.rest.get(source) ?? '') + chunk).split(/\r?\n/);
    this.rest.set(source, lines.pop() ?? '');
    for (const line of lines) this.add(line);
  }

  /** The last `count` lines, an unfinished one included. */
  last(count = this.capacity): string[] {
    return [...this.kept, ...[...this.rest.values()].filter(Boolean)].slice(-count);
  }

  private add(line: string): void {
    this.kept.push(line);
    if (this.kept.length > this.capacity) this.kept.shift();
    this.onLine(line);
  }
}
