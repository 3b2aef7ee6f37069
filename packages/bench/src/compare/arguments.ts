import { parseArgs } from 'node:util';

/** What `npm run bench` was told. */
export interface Choice {
  /** Ids; empty: all. */
  readonly workloads: readonly string[];
  readonly peers: boolean;
  readonly rounds: number;
  /** Where the rows go as JSON, beside the table. */
  readonly json?: string;
}

/**
 * `W4 W5 --peers --rounds 5 --json rows.json`. Without workloads all of them are run, and the peers with them.
 *
 * @throws Error that says what is wrong with them
 */
export function readArguments(args: readonly string[], known: readonly string[]): Choice {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { peers: { type: 'boolean' }, rounds: { type: 'string' }, json: { type: 'string' } },
  });
  const workloads = positionals.map((name) => name.toUpperCase());
  const unknown = workloads.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no workload ${unknown}: ${known.join(', ')}`);
  const rounds = Number(values.rounds ?? 3);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 99) throw new Error('--rounds takes a number from 1 to 99');
  return {
    ...{ workloads, rounds, peers: values.peers ?? workloads.length === 0 },
    ...(values.json !== undefined && { json: values.json }),
  };
}
