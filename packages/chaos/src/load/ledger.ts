/** A token that a client has, and who may ask what it is worth. */
export interface Held {
  readonly token: string;
  /** A client or a resource of the environment. */
  readonly asker: string;
}

/** Enough to pick from, and no more than a long run can remember. */
const MOST_HELD = 5_000;

/** What clients were given with 200 and what they gave back, to be proven afterwards. */
export class Ledger {
  readonly #live = new Map<string, Held>();
  readonly #revoked = new Map<string, Held>();
  readonly #spent = new Map<string, Set<string>>();
  /** Artifacts whose first answer was lost and whose second said they are spent; by kind. */
  readonly undelivered: { readonly kind: 'code' | 'device_code' | 'auth_req_id'; readonly handle: string }[] = [];
  issued = 0;
  revocations = 0;

  /** Received with 200: from here on it is active on every replica (I2). */
  received(...tokens: Held[]): void {
    for (const held of tokens) {
      this.issued += 1;
      keep(this.#live, held);
    }
  }

  /** About to be given back, replaced or put at risk: nothing is known of it until it is. */
  letGo(...tokens: string[]): void {
    for (const token of tokens) this.#live.delete(token);
  }

  /** Revoked with 200: from here on it is never active again (I3). */
  revoked(...tokens: Held[]): void {
    for (const held of tokens) {
      this.revocations += 1;
      keep(this.#revoked, held);
    }
  }

  /** @param success what was got for it: the same again is one success (I1) */
  spent(artifact: string, success: string): void {
    const successes = this.#spent.get(artifact) ?? new Set();
    successes.add(success);
    this.#spent.set(artifact, successes);
  }

  /** How many artifacts were spent, and those that were spent more than once. */
  get spending(): { readonly artifacts: number; readonly twice: readonly string[] } {
    const twice = [...this.#spent].filter(([, successes]) => successes.size > 1).map(([artifact]) => artifact);
    return { artifacts: this.#spent.size, twice };
  }

  isLive({ token }: Held): boolean {
    return this.#live.has(token);
  }

  get live(): Iterable<Held> {
    return this.#live.values();
  }

  get gone(): Iterable<Held> {
    return this.#revoked.values();
  }
}

function keep(among: Map<string, Held>, held: Held): void {
  among.set(held.token, held);
  if (among.size > MOST_HELD) among.delete(among.keys().next().value as string);
}
