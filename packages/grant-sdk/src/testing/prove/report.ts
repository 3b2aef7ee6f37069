export type Verdict = 'passed' | 'failed' | 'not applicable';

export interface RowResult {
  /** As tests name it; stays the same when the words change. */
  readonly id: string;
  readonly name: string;
  /** The sections and catalogue rows it stands for. */
  readonly spec: string;
  readonly verdict: Verdict;
  /** What was seen of a failure; why a row is not applicable. Empty for a row that passed. */
  readonly what: string;
  /** Of a failure: why it matters, and what to do about it. */
  readonly why?: string;
  readonly fix?: string;
}

const MARKS: Readonly<Record<Verdict, string>> = { passed: '✓', failed: '✗', 'not applicable': '–' };

/** What was proven of a grant, row by row. */
export class Report {
  constructor(
    /** The grant's class and type. */
    readonly grant: string,
    readonly rows: readonly RowResult[],
  ) {}

  /** No row failed. */
  get ok(): boolean {
    return this.rows.every(({ verdict }) => verdict !== 'failed');
  }

  /** For a person: one line per row, three more under a failure, and a summary. */
  toString(): string {
    return [this.grant, '', ...this.rows.flatMap(linesOf), '', this.#summary()].join('\n');
  }

  /** @throws Error with the whole report as its message when a row failed */
  assertOk(): void {
    if (!this.ok) throw new Error(`\n${this}`);
  }

  #summary(): string {
    const of = (verdict: Verdict) => this.rows.filter((row) => row.verdict === verdict).length;
    const counts = `${of('passed')} passed, ${of('failed')} failed, ${of('not applicable')} not applicable`;
    return `${this.ok ? 'The grant keeps the contract' : 'The grant breaks the contract'}: ${counts}.`;
  }
}

function linesOf({ name, spec, verdict, what, why, fix }: RowResult): string[] {
  const head = `${MARKS[verdict]} ${name} (${spec})`;
  switch (verdict) {
    case 'passed':
      return [head];
    case 'not applicable':
      return [`${head}: ${what}`];
    case 'failed':
      return [head, `    seen: ${what}`, `    why:  ${why}`, `    do:   ${fix}`];
  }
}
