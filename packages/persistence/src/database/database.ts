import pg from 'pg';
import type { PrismaClient } from '../generated/client.js';
import { Flights } from './flights.js';
import type { GatheredStatement } from './gathered-statement.js';
import { isSerializationFailure } from './infrastructure-error.js';
import { type Durations, type Measures, NOTHING_MEASURED } from './measures.js';
import type { Statement } from './statement.js';
import { inStatementSpan, statementSpan } from './statement-spans.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections this process may hold beside the one that listens. */
  readonly poolSize?: number;
  /** Milliseconds. */
  readonly connectTimeout?: number;
  /** Milliseconds; the server gives up first, so that a slow statement frees its connection instead of losing it. */
  readonly statementTimeout?: number;
  /** Where it tells of its connections, and how long statements take. */
  readonly measures?: Measures;
}

/** Recipe 15: further conflicts mean the database is in trouble, which is what the error then says. */
const MOST_RETRIES = 3;

const SETTINGS = [
  // Left to choose, PostgreSQL plans a look-up in a partitioned table anew each time, which takes longer than doing it.
  'plan_cache_mode=force_generic_plan',
  // All look up by key. For a table that is small when they are planned, PostgreSQL would read all of it, and go on when it is not.
  ...['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off'],
];

export type TransactionClient = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>;

type Flown = { readonly n: number };

/** One pool of connections, and Prisma's client on the same pool for whoever asks. */
export class Database {
  readonly pool: pg.Pool;
  #prisma: Promise<PrismaClient> | undefined;
  #closing: Promise<void> | undefined;
  readonly #flights = new Map<GatheredStatement, Flights>();
  readonly #durations = new Map<Statement, Durations>();
  readonly #measured: { series(labels: { statement: string }): Durations };

  constructor(readonly options: DatabaseOptions) {
    const statementTimeout = options.statementTimeout ?? 4000;
    this.pool = new pg.Pool({
      connectionString: options.url,
      application_name: 'grantway',
      max: options.poolSize ?? 10,
      connectionTimeoutMillis: options.connectTimeout ?? 2000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      statement_timeout: statementTimeout,
      options: SETTINGS.map((setting) => `-c ${setting}`).join(' '),
      // A frozen server enforces no timeout of its own.
      query_timeout: statementTimeout + 500,
    });
    // An idle connection that breaks is dropped by the pool; without a listener it would end the process.
    this.pool.on('error', () => {});
    // The same for one that breaks between two statements of a transaction, while nothing is waiting for it.
    this.pool.on('connect', (client) => client.on('error', () => {}));
    this.#measured = measured(this.pool, options.measures ?? NOTHING_MEASURED);
  }

  /** Runs one prepared statement in a transaction of its own. */
  async query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return (await this.#traced<Row>(statement, values)).rows;
  }

  /** How many rows the statement wrote. */
  async execute(statement: Statement, values: readonly unknown[]): Promise<number> {
    return (await this.#traced(statement, values)).rowCount ?? 0;
  }

  /**
   * One call of a statement that many make: it goes out together with others.
   *
   * @returns its row, if there is one
   */
  call<Row extends object>(statement: GatheredStatement, values: readonly unknown[]): Promise<Row | undefined> {
    let flights = this.#flights.get(statement);
    if (!flights) {
      flights = new Flights(statement, async (parameters) => (await this.#run<Flown>(statement, parameters)).rows);
      this.#flights.set(statement, flights);
    }
    const called = flights;
    const span = statementSpan(statement);
    if (!span) return called.call(values) as Promise<Row | undefined>;
    // Of many calls of many traces each has a span of its own, which says how many flew together.
    const aboard = (calls: number): void => void span.setAttribute('db.operation.batch.size', calls);
    return inStatementSpan(span, () => called.call(values, aboard)) as Promise<Row | undefined>;
  }

  /**
   * Prisma's client. It loads a query compiler of several megabytes, so only writers of configuration ask for it;
   * neither the start of a service nor any request of a flow does.
   */
  prisma(): Promise<PrismaClient> {
    this.#prisma ??= this.#loadPrisma();
    return this.#prisma;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  #traced<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    const span = statementSpan(statement);
    return span ? inStatementSpan(span, () => this.#run<Row>(statement, values)) : this.#run<Row>(statement, values);
  }

  async #run<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    for (let retries = 0; ; retries++) {
      const from = performance.now();
      try {
        return await this.pool.query<Row>({ name: statement.name, text: statement.text, values: [...values] });
      } catch (error) {
        if (retries >= MOST_RETRIES || !isSerializationFailure(error)) throw error;
      } finally {
        this.#durationsOf(statement).observe((performance.now() - from) / 1_000);
      }
    }
  }

  #durationsOf(statement: Statement): Durations {
    let durations = this.#durations.get(statement);
    if (!durations) {
      durations = this.#measured.series({ statement: statement.name });
      this.#durations.set(statement, durations);
    }
    return durations;
  }

  async #loadPrisma(): Promise<PrismaClient> {
    const [{ PrismaClient }, { PrismaPg }] = await Promise.all([
      import('../generated/client.js'),
      import('@prisma/adapter-pg'),
    ]);
    return new PrismaClient({ adapter: new PrismaPg(this.pool) });
  }

  async #close(): Promise<void> {
    const prisma = await this.#prisma?.catch(() => undefined);
    await prisma?.$disconnect();
    await this.pool.end();
  }
}

/** @returns where its statements tell how long they take */
function measured(pool: pg.Pool, measures: Measures) {
  measures.gauge(
    'grantway_database_pool_connections',
    'Connections to PostgreSQL: all there are, those nobody uses, and those somebody waits for.',
    ['state'],
    (gauge) => {
      gauge.set({ state: 'total' }, pool.totalCount);
      gauge.set({ state: 'idle' }, pool.idleCount);
      gauge.set({ state: 'waiting' }, pool.waitingCount);
    },
  );
  return measures.hotHistogram(
    'grantway_database_statement_duration_seconds',
    'From a statement to its answer, with the wait for a connection; calls that went out together are one.',
    ['statement'],
  );
}
