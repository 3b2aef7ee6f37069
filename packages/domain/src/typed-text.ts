/** Longer than any name or password is meant to be; refused before it costs a hash. */
export const LONGEST_CREDENTIAL = 256;

/** Half of a character beyond 16 bits: no text, and PostgreSQL refuses it. */
const HALF = /\p{Surrogate}/gu;

/** What a person typed, as far as anybody keeps it: at most so many characters, each of them whole. */
export function cutText(text: string, most = LONGEST_CREDENTIAL): string {
  // Characters have one or two units, so no more than these can matter.
  return [...text.slice(0, 2 * most)].slice(0, most).join('').replace(HALF, '\uFFFD');
}
