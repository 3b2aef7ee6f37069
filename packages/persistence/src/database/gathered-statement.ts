import { keep, outdent, type Statement } from './statement.js';

/**
 * A statement of a hot path over many calls at once (adr/0004). Each call has a value for each of the columns; together they are
 * the rows of `asked`, and what comes back says by `n` whose it is. One call is a flight of one: there is no other text for it.
 */
export interface GatheredStatement extends Statement {
  /** The type of each value of a call. */
  readonly types: readonly string[];
  /** Whether two calls with the same first value must not fly together, because the second is to see what the first one did. */
  readonly oneOfEachKey: boolean;
}

/** Column names with their PostgreSQL types. */
type Columns = Readonly<Record<string, string>>;

/**
 * Reads at most one row for each call.
 *
 * @param select one call's look-up, in terms of `asked`
 */
export function gatheredLookup(name: string, columns: Columns, select: string): GatheredStatement {
  // OFFSET 0 keeps the look-up as written, an index probe for each call: joined freely, PostgreSQL may read the whole of a table
  // that was small when it planned, and go on with that when it has grown.
  const text = `${asked(columns)}
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
${outdent(select).replaceAll(/^/gm, '  ')}
  OFFSET 0
) AS found`;
  return gathered(name, columns, text, false);
}

/**
 * Writes. Of calls with the same first value only one is in a flight; the next one sees what it did.
 *
 * What others may write too is locked in the order of `asked`, which is that of the first column: so flights of two replicas never
 * wait for each other in a circle.
 *
 * @param text what follows `WITH asked AS (…)`; the row a call gets, if it gets one, has its `n`
 */
export function gatheredWrite(name: string, columns: Columns, text: string): GatheredStatement {
  const [key] = Object.keys(columns);
  const rest = outdent(text);
  const calls = asked(columns, `\n  ORDER BY ${key}`);
  return gathered(name, columns, `${calls}${rest.startsWith(',') ? '' : '\n'}${rest}`, true);
}

/**
 * SQL: those calls whose row is there and good, with their row locked, as an entry of the `WITH` under which they are written.
 *
 * @param name of the entry
 * @param calls where they are read; in `where` they are `asked`
 * @param orderedBy the column in whose order rows are locked, where it is not the first one; calls without a value have no row
 */
export function locking(
  name: string,
  { calls = 'asked', orderedBy, table, where }: { calls?: string; orderedBy?: string; table: string; where: string },
): string {
  const from = orderedBy ? `(SELECT * FROM ${calls} WHERE ${orderedBy} IS NOT NULL ORDER BY ${orderedBy})` : calls;
  return `${name} AS (
    SELECT asked.*
    FROM ${from} AS asked
    CROSS JOIN LATERAL (
      SELECT
      FROM ${table}
      WHERE ${where}
      FOR UPDATE
    ) AS locked
  )`;
}

/** The values of some calls as the statement's parameters, one array for each column. */
export function parametersOf({ types }: GatheredStatement, calls: readonly (readonly unknown[])[]): unknown[] {
  return types.map((type, column) => {
    const values = calls.map((call) => call[column]);
    return isArray(type) ? values.map(arrayLiteral) : values;
  });
}

function gathered(name: string, columns: Columns, text: string, oneOfEachKey: boolean): GatheredStatement {
  return keep({ name, text, types: Object.values(columns), oneOfEachKey });
}

/** unnest takes an array of arrays apart to its last element, so the inner ones travel as text. */
function asked(columns: Columns, order = ''): string {
  const entries = Object.entries(columns);
  const names = entries.map(([column, type]) => (isArray(type) ? `${column}::${type}` : column));
  const arrays = entries.map(([, type], index) => `$${index + 1}::${isArray(type) ? 'text' : type}[]`);
  return `WITH asked AS (
  SELECT ${names.join(', ')}, n::int
  FROM unnest(${arrays.join(', ')})
       WITH ORDINALITY AS call(${Object.keys(columns).join(', ')}, n)${order}
)`;
}

function isArray(type: string): boolean {
  return type.endsWith('[]');
}

function arrayLiteral(values: unknown): string | null {
  if (!Array.isArray(values)) return null;
  return `{${values.map((value) => `"${String(value).replace(/[\\"]/g, '\\$&')}"`).join(',')}}`;
}
