import { median, percentile } from '../load/statistics.js';
import type { Exchanged } from './exchanges.js';
import type { Polled } from './poller.js';

/** What goes on while codes are exchanged. */
export const CONDITIONS = ['nobody polls', 'one device process', 'a stranger instead', 'two device processes'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** One condition of one round. */
export interface Seen {
  readonly exchanged: Exchanged;
  /** Absent where nobody polled. */
  readonly polled?: Polled;
  /** Cores that each process used. */
  readonly cores: ReadonlyMap<string, number>;
}

export type Rounds = ReadonlyMap<Condition, readonly Seen[]>;

/** How much the 99th percentile of an exchange may grow while the device service has all it can do. */
const MOST_FELT = 2;
/** How much more a second process of the device service has to answer. */
const LEAST_GAINED = 1.3;

/** Milliseconds: the median over the rounds. */
export function latencyOf(rounds: Rounds, condition: Condition, share: number): number {
  return median((rounds.get(condition) ?? []).map(({ exchanged }) => percentile(exchanged.latencies, share)));
}

/** Polls that the device service answered, a second; one that was turned away with 503 is none. */
export function pollsPerSecond({ answers, took }: Polled): number {
  return ((sum(Object.values(answers)) - (answers['503'] ?? 0)) * 1_000) / took;
}

export function throughputOf(rounds: Rounds, condition: Condition): number {
  return median((rounds.get(condition) ?? []).flatMap(({ polled }) => (polled ? [pollsPerSecond(polled)] : [])));
}

/**
 * What is beyond the limits.
 *
 * @param rationed whether the device service had a core's share of its own; where it had none it takes what the others need, and
 * a second process of it gains nothing
 */
export function complaintsOf(rounds: Rounds, rationed: boolean): string[] {
  const p99 = (condition: Condition) => latencyOf(rounds, condition, 0.99);
  const felt = p99('one device process') / p99('nobody polls');
  const stranger = p99('a stranger instead') / p99('nobody polls');
  const gained = throughputOf(rounds, 'two device processes') / throughputOf(rounds, 'one device process');
  const failed = sum([...rounds.values()].flat().map(({ exchanged }) => exchanged.failed));
  const answers = new Set([...rounds.values()].flat().flatMap(({ polled }) => Object.keys(polled?.answers ?? {})));
  const wrong = [...answers].filter((each) => !['authorization_pending', 'slow_down', '503'].includes(each));
  return [
    ...(felt < MOST_FELT
      ? []
      : [
          `the p99 of an exchange moved ${felt.toFixed(2)}×, and may move ${MOST_FELT}× (a stranger moved it ${stranger.toFixed(2)}×)`,
        ]),
    ...(gained >= LEAST_GAINED || !rationed
      ? []
      : [`a second device process answers ${gained.toFixed(2)}×, and should ${LEAST_GAINED}×`]),
    ...(failed === 0 ? [] : [`${failed} exchanges failed`]),
    ...(wrong.length === 0 ? [] : [`polls were answered ${wrong.join(', ')}`]),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}
