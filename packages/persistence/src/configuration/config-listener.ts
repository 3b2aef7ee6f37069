import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ConfigCache } from './config-cache.js';

/** All in milliseconds. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;
/** A connection can die without a word (a partition, a frozen server); asked this often, it cannot hide it for long. */
const HEARTBEAT = 5000;
const HEARTBEAT_TIMEOUT = 2000;
const GOODBYE = 500;

/**
 * One connection of its own that hears of configuration changes. It reconnects for ever, and what might have been missed
 * meanwhile is forgotten (adr/0001).
 */
export class ConfigListener {
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wait = FIRST_WAIT;
  #stopped = true;

  constructor(
    private readonly url: string,
    private readonly cache: ConfigCache,
  ) {}

  /** Begins now, without waiting for the database to be there. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    void this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.cache.listeningEnded();
    // A frozen server never says goodbye.
    await Promise.race([this.#client?.end().catch(() => {}), sleep(GOODBYE, undefined, { ref: false })]);
  }

  async #listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'grantway-listen',
      connectionTimeoutMillis: HEARTBEAT_TIMEOUT,
      query_timeout: HEARTBEAT_TIMEOUT,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    this.#client = client;
    let over = false;
    const lost = (): void => {
      if (over) return;
      over = true;
      this.#lost(client);
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => {
      if (payload) this.cache.forget(payload);
    });
    try {
      await client.connect();
      await client.query('LISTEN grantway_config');
      if (over) return;
      this.#wait = FIRST_WAIT;
      this.cache.listeningBegan();
      this.#schedule(() => void this.#beat(client, lost), HEARTBEAT);
    } catch {
      lost();
    }
  }

  async #beat(client: pg.Client, lost: () => void): Promise<void> {
    try {
      await client.query('SELECT 1');
      if (this.#client === client) this.#schedule(() => void this.#beat(client, lost), HEARTBEAT);
    } catch {
      lost();
    }
  }

  #lost(client: pg.Client): void {
    this.cache.listeningEnded();
    void client.end().catch(() => {});
    if (this.#stopped) return;
    const wait = this.#wait * (0.8 + Math.random() * 0.4);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    this.#schedule(() => void this.#listen(), wait);
  }

  #schedule(work: () => void, wait: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(work, wait);
    this.#timer.unref();
  }
}
