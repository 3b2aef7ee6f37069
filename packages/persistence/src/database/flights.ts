import { type GatheredStatement, parametersOf } from './gathered-statement.js';
import { isOneCallsFault } from './infrastructure-error.js';

/** More of them share one round trip and one commit; beyond this the last ones only wait longer for all. */
const MOST_CALLS = 64;
/** Flights of one statement at a time: what arrives meanwhile fills the next one. */
const MOST_UNDERWAY = 2;
/** Milliseconds. A flight that waits for somebody's lock does not keep the others for longer than this. */
const PATIENCE = 50;

/** Runs a gathered statement. @returns its rows, each with the `n` of its call, from 1 */
export type Fly = (parameters: readonly unknown[]) => Promise<readonly { readonly n: number }[]>;

interface Call {
  readonly values: readonly unknown[];
  readonly resolve: (row: object | undefined) => void;
  readonly reject: (error: unknown) => void;
  readonly aboard?: ((calls: number) => void) | undefined;
}

/**
 * The calls of one gathered statement, and the flights they go out in (adr/0004): those of one turn of the event loop together, and
 * those that arrive while a flight is under way with the next one. Nothing waits for a timer.
 */
export class Flights {
  #waiting: Call[] = [];
  #underway = 0;
  #departing = false;

  constructor(
    private readonly statement: GatheredStatement,
    private readonly fly: Fly,
    private readonly patience = PATIENCE,
  ) {}

  /**
   * @param aboard is told how many fly together
   * @returns the row of this call, if there is one
   */
  call(values: readonly unknown[], aboard?: (calls: number) => void): Promise<object | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ values, resolve, reject, aboard });
      this.#departSoon();
    });
  }

  #departSoon(): void {
    if (this.#departing || this.#waiting.length === 0 || this.#underway >= MOST_UNDERWAY) return;
    this.#departing = true;
    setImmediate(() => {
      this.#departing = false;
      void this.#depart(this.#board());
      this.#departSoon();
    });
  }

  #board(): Call[] {
    const aboard: Call[] = [];
    const staying: Call[] = [];
    const keys = new Set<unknown>();
    for (const call of this.#waiting) {
      const [key] = call.values;
      if (aboard.length === MOST_CALLS || (this.statement.oneOfEachKey && keys.has(key))) staying.push(call);
      else aboard.push(call);
      keys.add(key);
    }
    this.#waiting = staying;
    return aboard;
  }

  async #depart(calls: readonly Call[]): Promise<void> {
    this.#underway += 1;
    let landed = false;
    const land = (): void => {
      if (landed) return;
      landed = true;
      this.#underway -= 1;
      this.#departSoon();
    };
    const impatience = setTimeout(land, this.patience).unref();
    try {
      await this.#answer(calls);
    } finally {
      clearTimeout(impatience);
      land();
    }
  }

  async #answer(calls: readonly Call[]): Promise<void> {
    for (const { aboard } of calls) aboard?.(calls.length);
    try {
      const parameters = parametersOf(
        this.statement,
        calls.map(({ values }) => values),
      );
      const rows = new Map((await this.fly(parameters)).map((row) => [row.n, row]));
      calls.forEach(({ resolve }, index) => void resolve(rows.get(index + 1)));
    } catch (error) {
      // The flight as a whole was undone; whoever brought what PostgreSQL does not take finds out alone.
      if (calls.length > 1 && isOneCallsFault(error)) for (const call of calls) await this.#answer([call]);
      else for (const { reject } of calls) reject(error);
    }
  }
}
