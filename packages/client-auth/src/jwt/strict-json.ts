/** A member's name with its colon, any other string, or a bracket: all that the shape of a JSON text hangs on. */
const SHAPE = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g;

/**
 * A JSON object in which no name stands twice, at any depth. Readers differ in which of two they believe, so such a text says
 * two things at once (RFC 7515 §4, RFC 7519 §4).
 */
export function parseStrictObject(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !hasDuplicateNames(text) ? (value as Record<string, unknown>) : undefined;
}

/** @param json well-formed */
function hasDuplicateNames(json: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, text, colon] of json.matchAll(SHAPE)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (text !== undefined && colon !== undefined) {
      // Unescaped first: "\u0069ss" is iss.
      const name = JSON.parse(text) as string;
      const names = open.at(-1);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
