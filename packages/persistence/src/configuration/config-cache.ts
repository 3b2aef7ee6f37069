import { isInfrastructureError } from '../database/infrastructure-error.js';

/** Design section 4.6. All in milliseconds. */
const TRUSTED_FOR = 30_000;
/** What is not there may be created any moment; and without announcements a change has to bite by itself. */
const BRIEFLY = 1000;

/** How long a reader waits for a database that was never this slow, while there is an entry that would do. */
const PATIENCE = 300;

/** A client of every customer of a large installation, with room to spare; strangers' guesses cannot push memory further. */
const MOST_ENTRIES = 10_000;

interface Entry {
  readonly value: unknown;
  readonly version: string;
  /** When the reading began, so the age is never understated. */
  readonly readAt: number;
  /** While the database is away it is not asked again before this. */
  retryAt: number;
}

interface Reading {
  readonly version: string;
  readonly value: Promise<unknown>;
}

/**
 * Configuration as this process last read it. Announcements (ConfigListener) drop an environment's entries at once; age drops
 * them when nothing was announced. An outage of the database is bridged with entries that are still young enough.
 */
export class ConfigCache {
  readonly #entries = new Map<string, Entry>();
  readonly #readings = new Map<string, Reading>();
  /** Counts what was announced for each environment; a reading that began before an announcement is never kept. */
  readonly #announced = new Map<string, number>();
  #flushes = 0;
  #listening = false;

  /** @param now a clock in milliseconds that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The value of `key` in this environment, read at most once at a time. Undefined means there is none. */
  async get<Value>(environmentId: string, key: string, read: () => Promise<Value>): Promise<Value> {
    const place = `${environmentId}\0${key}`;
    const version = this.#versionOf(environmentId);
    const entry = this.#entryOf(place, version);
    if (!entry || !this.#isFresh(entry)) {
      const reading = this.#readOnce(environmentId, place, version, read);
      return entry && this.#isUsable(entry) ? this.#unlessLate(reading, entry) : reading;
    }
    this.#entries.delete(place);
    this.#entries.set(place, entry); // last in, last out
    if (this.#isAgeing(entry)) void this.#readOnce(environmentId, place, version, read).catch(() => {});
    return entry.value as Value;
  }

  /** Something of this environment changed. */
  forget(environmentId: string): void {
    this.#announced.set(environmentId, (this.#announced.get(environmentId) ?? 0) + 1);
  }

  /** From now on every change is announced; what was read before may have missed one. */
  listeningBegan(): void {
    this.#flushes++;
    this.#entries.clear();
    this.#announced.clear();
    this.#listening = true;
  }

  listeningEnded(): void {
    this.#listening = false;
  }

  get listening(): boolean {
    return this.#listening;
  }

  #readOnce<Value>(environmentId: string, place: string, version: string, read: () => Promise<Value>): Promise<Value> {
    const reading = this.#readings.get(place);
    if (reading?.version === version) return reading.value as Promise<Value>;
    const value = this.#read(environmentId, place, version, read).finally(() => {
      if (this.#readings.get(place)?.value === value) this.#readings.delete(place);
    });
    this.#readings.set(place, { version, value });
    return value;
  }

  async #read<Value>(
    environmentId: string,
    place: string,
    version: string,
    read: () => Promise<Value>,
  ): Promise<Value> {
    const readAt = this.now();
    try {
      const value = await read();
      if (this.#versionOf(environmentId) === version) this.#keep(place, { value, version, readAt, retryAt: 0 });
      return value;
    } catch (error) {
      const entry = this.#entryOf(place, version);
      if (!entry || !this.#isUsable(entry) || !isInfrastructureError(error)) throw error;
      return this.#bridge(entry);
    }
  }

  /** A database that hangs is as much away as one that refuses; nobody's deadline should pass finding out. */
  async #unlessLate<Value>(reading: Promise<Value>, entry: Entry): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Value>((resolve) => {
      timer = setTimeout(() => resolve(this.#bridge(entry)), PATIENCE);
    });
    return Promise.race([reading, late]).finally(() => clearTimeout(timer));
  }

  #bridge<Value>(entry: Entry): Value {
    entry.retryAt = this.now() + BRIEFLY;
    return entry.value as Value;
  }

  #entryOf(place: string, version: string): Entry | undefined {
    const entry = this.#entries.get(place);
    return entry?.version === version ? entry : undefined;
  }

  /** Good enough to answer with, without asking. */
  #isFresh(entry: Entry): boolean {
    const age = this.#age(entry);
    if (entry.value === undefined) return age < BRIEFLY;
    return age < (this.#listening ? TRUSTED_FOR : BRIEFLY) || (this.#isUsable(entry) && this.now() < entry.retryAt);
  }

  /** Read again before it has to be, so that an outage finds young entries to bridge it with. */
  #isAgeing(entry: Entry): boolean {
    return entry.value !== undefined && this.#age(entry) >= TRUSTED_FOR / 2 && this.now() >= entry.retryAt;
  }

  /** Good enough while the database is away. That there is none never is: an outage is not a verdict (I4). */
  #isUsable(entry: Entry): boolean {
    return entry.value !== undefined && this.#age(entry) < TRUSTED_FOR;
  }

  #age(entry: Entry): number {
    return this.now() - entry.readAt;
  }

  #versionOf(environmentId: string): string {
    return `${this.#flushes}.${this.#announced.get(environmentId) ?? 0}`;
  }

  #keep(place: string, entry: Entry): void {
    this.#entries.delete(place);
    this.#entries.set(place, entry);
    if (this.#entries.size <= MOST_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
