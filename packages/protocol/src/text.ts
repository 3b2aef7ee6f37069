/** PostgreSQL cannot keep U+0000, and a lone surrogate is no text at all. */
export function isStorable(value: string): boolean {
  return !/\0|\p{Surrogate}/u.test(value);
}
