import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../contenders/contender.js';
import { everyNumber, SCOPES, television } from '../installation.js';
import { Connection, type Question } from '../load/connection.js';
import { percentile } from '../load/statistics.js';
import { expectStatus, formPost, textsOf } from '../workloads/answers.js';
import { obey } from './helper-process.js';

/** What the pollers are told: to get themselves devices, to begin, to end. */
export type PollingOrder =
  | { readonly target: Pick<Target, 'token' | 'deviceAuthorization'>; readonly devices: number; readonly at: number }
  | 'begin'
  | 'end';

export interface Polled {
  /** How often each answer came: `authorization_pending`, `slow_down`, `503`. */
  readonly answers: Readonly<Record<string, number>>;
  /** Milliseconds of the whole. */
  readonly took: number;
  /** Milliseconds of a poll. */
  readonly p50: number;
  readonly p99: number;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** One connection, the polls of its devices, and which comes next. */
interface Poller {
  readonly connection: Connection;
  readonly polls: readonly Question[];
  next: number;
}

/** Asks for devices that nobody approves, over as many connections as it is told, without ever pausing. */
class Polling {
  #pollers: Poller[] = [];
  #begun = 0;
  #over = true;
  #running: Promise<unknown> = Promise.resolve();
  readonly #answers = new Map<string, number>();
  #latencies: number[] = [];

  async prepare({ target, devices, at }: Exclude<PollingOrder, string>): Promise<void> {
    const opening = Array.from({ length: at }, async (_, n) => {
      const connection = await Connection.open(target.token);
      const client = television(n % everyNumber.length);
      const polls: Question[] = [];
      while (polls.length < Math.ceil(devices / at)) {
        const started = await connection.send(formPost(target.deviceAuthorization, client, { scope: SCOPES.es256 }));
        const { device_code } = textsOf(expectStatus(started, 200), 'device_code');
        polls.push(formPost(target.token, client, { grant_type: GRANT, device_code }));
      }
      return { connection, polls, next: 0 };
    });
    this.#pollers = await Promise.all(opening);
  }

  begin(): void {
    this.#answers.clear();
    this.#latencies = [];
    this.#over = false;
    this.#begun = performance.now();
    this.#running = Promise.all(this.#pollers.map((poller) => this.#poll(poller)));
  }

  async end(): Promise<Polled> {
    const took = performance.now() - this.#begun;
    const answers = Object.fromEntries(this.#answers);
    const [p50, p99] = [percentile(this.#latencies, 0.5), percentile(this.#latencies, 0.99)];
    this.#over = true;
    await this.#running;
    return { answers, took, p50, p99 };
  }

  async #poll(poller: Poller): Promise<void> {
    while (!this.#over) {
      const question = poller.polls[poller.next++ % poller.polls.length] as Question;
      const from = performance.now();
      const reply = await poller.connection.send(question);
      this.#latencies.push(performance.now() - from);
      const answer = reply.status === 400 ? textsOf(reply, 'error').error : String(reply.status);
      this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
      // A device that is told to come back later does.
      if (reply.status === 503) await sleep(1_000 * Number(reply.header('retry-after') ?? 1));
    }
  }
}

const NOTHING: Polled = { answers: {}, took: 0, p50: 0, p99: 0 };
const polling = new Polling();

obey<{ readonly order: PollingOrder }, Polled>(async ({ order }) => {
  if (order === 'end') return polling.end();
  if (order === 'begin') polling.begin();
  else await polling.prepare(order);
  return NOTHING;
});
