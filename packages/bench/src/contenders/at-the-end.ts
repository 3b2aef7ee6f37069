/** What has to be undone, the last first. */
export function atTheEnd(): { first(undo: () => Promise<unknown>): void; now(): Promise<void> } {
  const undo: (() => Promise<unknown>)[] = [];
  return {
    first: (each) => void undo.push(each),
    async now() {
      for (let each = undo.pop(); each !== undefined; each = undo.pop()) await each();
    },
  };
}
