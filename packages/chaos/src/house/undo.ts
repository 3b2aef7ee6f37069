/** What has to be undone, the last first, whatever fails on the way. */
export class Undo {
  readonly #steps: (() => Promise<unknown>)[] = [];

  first(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Safe to call twice. */
  async all(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      await step().catch((error) => console.error(error));
    }
  }
}
