import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManagedProcess, repositoryRoot } from '@grantway/local-services';
import { type Distributed, startDistributed } from '../contenders/grantway/distributed.js';
import { environmentFile } from '../contenders/grantway/environment.js';
import { MACHINE } from '../installation.js';
import { Connection } from '../load/connection.js';
import { median, percentile } from '../load/statistics.js';
import { formPost } from '../workloads/answers.js';
import { SignedOn } from '../workloads/authorization-code.js';
import { MISBEHAVING } from './misbehaving-grant.js';

const ROUNDS = 3;
const ROUND_MS = 8_000;
/** Browsers that exchange codes one after the other. */
const EXCHANGING = 4;
/** Callers of the grant; each comes again when it is told to, as a client library does. */
const CALLING = 150;

/** What the grant does while codes are exchanged. */
const CONDITIONS = ['well', 'hangs', 'floods', 'crashes'] as const;
type Condition = (typeof CONDITIONS)[number];

/** How much the 99th percentile of an exchange may grow. */
const MOST_FELT = 2;
/** Milliseconds: the token service waits 3 s for a grant, and the answer has to come back. */
const LONGEST_WAIT = 4_000;

type Rounds = ReadonlyMap<Condition, readonly Round[]>;

interface Round {
  /** Milliseconds of each exchange. */
  readonly exchanges: readonly number[];
  readonly failed: number;
  /** What callers of the grant were answered, and the longest they waited. */
  readonly answers: ReadonlyMap<string, number>;
  readonly longest: number;
}

/**
 * Whether a team's grant that hangs, floods the bus or crashes is felt by those who exchange codes (design section 5).
 *
 * @returns whether everything stayed within the limits
 */
export async function isolation(say: (line: string) => void): Promise<boolean> {
  const house = await startDistributed({ environment: environmentFile([MISBEHAVING]) });
  try {
    const people = await Promise.all(Array.from({ length: EXCHANGING }, (_, n) => signOn(house, n)));
    await round(house, people, 'well', 3_000); // Not counted: everything is warm afterwards.
    const rounds = new Map<Condition, Round[]>(CONDITIONS.map((condition) => [condition, []]));
    for (let n = 1; n <= ROUNDS; n += 1) {
      for (const condition of CONDITIONS) {
        say(`round ${n} of ${ROUNDS}: the grant ${condition === 'well' ? 'is well' : condition}`);
        rounds.get(condition)?.push(await round(house, people, condition, ROUND_MS));
      }
    }
    print(rounds, say);
    return isWithinLimits(rounds, say);
  } finally {
    await house.stop();
  }
}

async function signOn({ target }: Distributed, n: number): Promise<SignedOn> {
  const person = new SignedOn(target, await Connection.open(target.token), n);
  await person.signIn();
  return person;
}

async function round(
  house: Distributed,
  people: readonly SignedOn[],
  condition: Condition,
  length: number,
): Promise<Round> {
  const grant = new ManagedProcess({
    name: 'misbehaving',
    script: join(repositoryRoot, 'packages/bench/dist/isolation/misbehaving-grant.js'),
    env: { NATS_URL: house.natsUrl, MISBEHAVE: condition, LOG_LEVEL: 'silent' },
  });
  try {
    await grant.start();
    await sleep(1_000);
    return await measure(house, people, grant, condition, length);
  } finally {
    await grant.stop();
  }
}

async function measure(
  house: Distributed,
  people: readonly SignedOn[],
  grant: ManagedProcess,
  condition: Condition,
  length: number,
): Promise<Round> {
  const over = Date.now() + length;
  const exchanges: number[] = [];
  let failed = 0;
  const exchanging = people.map(async (person) => {
    while (Date.now() < over) {
      const code = await person.code();
      const begun = performance.now();
      const { status } = await person.redeem(code);
      exchanges.push(performance.now() - begun);
      if (status !== 200) failed += 1;
    }
  });
  const answers = new Map<string, number>();
  let longest = 0;
  const question = formPost(house.target.token, MACHINE, { grant_type: MISBEHAVING, ticket: 't' });
  const calling = Array.from({ length: CALLING }, async (_, index) => {
    const connection = await Connection.open(house.target.token);
    await sleep((index * 1_000) / CALLING);
    while (Date.now() < over) {
      const begun = performance.now();
      const reply = await connection.send(question);
      longest = Math.max(longest, performance.now() - begun);
      const retry = reply.header('retry-after');
      const answer = retry === undefined ? String(reply.status) : `${reply.status} Retry-After ${retry}`;
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      await sleep(1_000 * Number(retry ?? 1));
    }
    connection.close();
  });
  const crashing = condition === 'crashes' ? crash(grant, over) : undefined;
  await Promise.all([...exchanging, ...calling, crashing]);
  return { exchanges, failed, answers, longest };
}

async function crash(grant: ManagedProcess, until: number): Promise<void> {
  while (Date.now() < until) {
    await sleep(700);
    await grant.kill();
    await sleep(300);
    await grant.start();
  }
}

function print(rounds: Rounds, say: (line: string) => void): void {
  const p99 = p99Of(rounds);
  const well = p99('well');
  say('');
  say('exchange of authorization codes, while a team’s grant …');
  say('             exchanges/s   failed   p50 ms   p99 ms   p99 ratio   callers of the grant were answered');
  for (const [condition, all] of rounds) {
    const perSecond = median(all.map(({ exchanges }) => (exchanges.length * 1_000) / ROUND_MS));
    const p50 = median(all.map(({ exchanges }) => percentile(exchanges, 0.5)));
    const failed = all.reduce((sum, each) => sum + each.failed, 0);
    const cells = [
      condition.padEnd(11),
      perSecond.toFixed(0).padStart(12),
      String(failed).padStart(8),
      p50.toFixed(1).padStart(8),
      p99(condition).toFixed(1).padStart(8),
      (p99(condition) / well).toFixed(2).padStart(11),
    ];
    say(`${cells.join(' ')}   ${answered(all)}`);
  }
}

function p99Of(rounds: Rounds): (condition: Condition) => number {
  return (condition) => median((rounds.get(condition) ?? []).map(({ exchanges }) => percentile(exchanges, 0.99)));
}

function isWithinLimits(rounds: Rounds, say: (line: string) => void): boolean {
  const p99 = p99Of(rounds);
  const wrong = [...rounds].flatMap(([condition, all]) => [
    ...(!(p99(condition) / p99('well') <= MOST_FELT) ? [`${condition}: p99 moved by more than ${MOST_FELT}×`] : []),
    ...(all.some(({ failed }) => failed > 0) ? [`${condition}: an exchange failed`] : []),
    ...(all.some(({ longest }) => longest > LONGEST_WAIT)
      ? [`${condition}: a caller of the grant waited too long`]
      : []),
  ]);
  wrong.push(...notAsSaid(rounds));
  say(wrong.length === 0 ? '\nwithin the limits' : `\nbeyond the limits: ${wrong.join('; ')}`);
  return wrong.length === 0;
}

/** Where the grant did not do what it was to do, nothing was measured. */
function notAsSaid(rounds: Rounds): string[] {
  const saw = (condition: Condition, answer: RegExp) =>
    (rounds.get(condition) ?? []).some(({ answers }) => [...answers.keys()].some((each) => answer.test(each)));
  return [
    ...(saw('well', /^200$/) ? [] : ['the grant that is well answered nobody']),
    ...(saw('hangs', /^503 Retry-After/) && !saw('hangs', /^200$/) ? [] : ['the grant that hangs did not hang']),
    ...(saw('crashes', /^503 Retry-After/) ? [] : ['the grant that crashes was never away']),
  ];
}

function answered(rounds: readonly Round[]): string {
  const all = new Map<string, number>();
  for (const { answers } of rounds)
    for (const [answer, count] of answers) all.set(answer, (all.get(answer) ?? 0) + count);
  const longest = Math.max(...rounds.map((each) => each.longest));
  const counts = [...all].map(([answer, count]) => `${count} × ${answer}`).join(', ');
  return `${counts}; longest ${(longest / 1_000).toFixed(2)} s`;
}
