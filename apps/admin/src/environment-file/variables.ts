/** What `${NAME}` may stand for: the process's environment, handed in. */
export type Variables = Readonly<Record<string, string | undefined>>;

const DEFAULT_PUBLIC_URL = 'http://localhost:3000';

/** `PUBLIC_URL` always has a value, so a file with `${PUBLIC_URL}/callback` needs no preparation. */
export function withPublicUrl(variables: Variables): Variables {
  return { ...variables, PUBLIC_URL: (variables['PUBLIC_URL'] || DEFAULT_PUBLIC_URL).replace(/\/+$/, '') };
}

/** `${NAME}` or `${NAME:-default}`; a name is upper-case, so a slip in it is a fault and not a lookup. */
const REFERENCE = /\$\{([A-Z_][A-Z0-9_]*)(?::-([^{}]*))?\}/g;
const WHOLE_REFERENCE = /^\$\{([A-Z_][A-Z0-9_]*)(?::-([^{}]*))?\}$/;

const MALFORMED = 'has a "${" that is not a reference: write ${NAME} or ${NAME:-default}, the name in capitals';

export type Substitution = { readonly text: string } | { readonly fault: string };

/** Replaces every reference of a text; an empty variable counts as missing, as in a shell's `:-`. */
export function substitute(text: string, variables: Variables): Substitution {
  const missing: string[] = [];
  const replaced = text.replace(REFERENCE, (_all, name: string, otherwise?: string) => {
    const value = lookUp(variables, name) ?? otherwise;
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  if (text.replace(REFERENCE, '').includes('${')) return { fault: MALFORMED };
  return missing.length > 0 ? { fault: missingVariable(missing) } : { text: replaced };
}

/** A text that is one reference and nothing else. */
export function wholeReference(text: string): { name: string; otherwise?: string } | undefined {
  const [, name, otherwise] = WHOLE_REFERENCE.exec(text) ?? [];
  if (name === undefined) return undefined;
  return otherwise === undefined ? { name } : { name, otherwise };
}

export function lookUp(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] || undefined : undefined;
}

export function missingVariable(names: readonly string[]): string {
  return names.length === 1
    ? `needs the environment variable ${names[0]}, which is not set`
    : `needs the environment variables ${names.join(', ')}, which are not set`;
}
