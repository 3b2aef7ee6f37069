/** What PostgreSQL would refuse as a value is not an error of ours: such a key simply names nothing. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** PostgreSQL's text holds every character but NUL; a key longer than this is nobody's. */
export function isKey(text: string): boolean {
  return text.length <= 1000 && !text.includes('\0');
}

/** A property only if there is something to say: null columns become absent properties (exactOptionalPropertyTypes). */
export function given<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): Record<Name, Value> | Record<never, never> {
  return value === null || value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}
