/**
 * A statement of a hot path. PostgreSQL parses and plans it once per connection under its name; the golden test
 * (`golden/statements.sql`) holds its text, so that nobody changes one without a reviewer seeing it.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const statements = new Map<string, Statement>();

/** @throws when the name is taken: PostgreSQL would refuse a second text under it, and only then. */
export function statement(name: string, text: string): Statement {
  return keep({ name, text: outdent(text) });
}

/** @throws as {@link statement} does */
export function keep<Made extends Statement>(made: Made): Made {
  if (statements.has(made.name)) throw new Error(`two statements are named ${made.name}`);
  statements.set(made.name, made);
  return made;
}

/** Every statement of the modules loaded so far, for the golden test. */
export function allStatements(): readonly Statement[] {
  return [...statements.values()];
}

/** Without the indent that all lines share, and without empty lines. */
export function outdent(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n');
}
