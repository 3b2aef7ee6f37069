/** The word somebody probably meant, or undefined when none is close. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const limit = word.length < 4 ? 1 : Math.max(2, Math.floor(Math.min(word.length, 40) / 3));
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(bare(word), bare(candidate)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate;
}

/** `; did you mean "scopes"?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const found = closest(word, known);
  return found === undefined ? '' : `; did you mean "${found}"?`;
}

/** Spellings that differ in case and separators alone (`redirect_uris`) are the same word. */
function bare(word: string): string {
  return word.slice(0, 64).toLowerCase().replace(/[-_ ]/g, '');
}

/** Levenshtein, one row at a time. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (const [index, other] of [...to].entries()) {
      const substituted = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
