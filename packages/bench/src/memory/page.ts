/** What one process holds, in MB (10⁶ bytes) that are resident. */
export interface Held {
  readonly process: string;
  /** Ten seconds after its start and one token, when nobody asks for anything. */
  readonly idle: number;
  /** The most that was seen while every workload was sent as fast as it was answered. */
  readonly loaded: number;
}

/** The rows of docs/operating.md, in its order. */
export const PROCESSES = [
  'standalone',
  'its PostgreSQL',
  'gateway',
  'authorize',
  'token',
  'device',
  'ciba',
  'grant host',
  'nats-server',
  'PostgreSQL',
] as const;

const HEAD = ['| process | idle, MB | loaded, MB |', '|---|---|---|'];
const ROW = /^\| ([^|]+?) \| (\d+) \| (\d+) \|$/;

/** As Markdown. */
export function tableOf(rows: readonly Held[]): string[] {
  return [
    ...HEAD,
    ...rows.map(({ process, idle, loaded }) => `| ${process} | ${idle.toFixed(0)} | ${loaded.toFixed(0)} |`),
  ];
}

/** The rows of the table on a page. @throws Error when it has none */
export function rowsOf(page: string): Held[] {
  const lines = page.split('\n');
  const begin = lines.indexOf(HEAD[0] as string);
  if (begin < 0) throw new Error(`the page has no table that begins with ${HEAD[0]}`);
  const rows: Held[] = [];
  for (const line of lines.slice(begin + HEAD.length)) {
    const [, process, idle, loaded] = ROW.exec(line) ?? [];
    if (process === undefined) break;
    rows.push({ process, idle: Number(idle), loaded: Number(loaded) });
  }
  return rows;
}

/** The page with these rows in place of its own. */
export function withRows(page: string, rows: readonly Held[]): string {
  const old = tableOf(rowsOf(page)).join('\n');
  return page.replace(old, tableOf(rows).join('\n'));
}

/** Where page and measurement differ: in the rows they have, or in a figure by more than this share of it. */
const TOLERANCE = 0.35;

export function differencesOf(page: readonly Held[], measured: readonly Held[]): string[] {
  const names = (rows: readonly Held[]) => rows.map(({ process }) => process).join(', ');
  if (names(page) !== names(measured)) return [`the page has ${names(page)}; measured were ${names(measured)}`];
  return measured.flatMap((row, n) => {
    const said = page[n] as Held;
    return (['idle', 'loaded'] as const)
      .filter((figure) => Math.abs(row[figure] - said[figure]) > TOLERANCE * said[figure])
      .map((figure) => `${row.process}, ${figure}: ${row[figure].toFixed(0)} MB where the page says ${said[figure]}`);
  });
}
