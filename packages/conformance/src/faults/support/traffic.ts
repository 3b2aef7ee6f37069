import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Tokens } from '../../support/app.js';
import { ADA } from '../../support/environments.js';
import { type Answer, request } from '../../support/http.js';
import { signedOn } from './installation.js';
import { DEADLINE } from './private-fleet.js';

/** What an honest request may come to: served; not now; cut off; and, never, a verdict about what the client sent. */
export type Outcome = 'ok' | 'unavailable' | 'reset' | `verdict: ${string}` | 'hang';

/** Beyond its deadline by more than a slow machine explains. */
const HANG = DEADLINE + 6_000;

type Kind = 'client credentials' | 'userinfo' | 'authorize' | 'refresh' | 'discovery';

/** One request of each kind, over and over, as an honest client sends them that deserves to be served each time. */
export class Traffic {
  readonly outcomes: { readonly kind: Kind; readonly outcome: Outcome }[] = [];
  readonly #requests: Record<Kind, () => Promise<Outcome>>;
  #running: Promise<unknown> | undefined;
  #stopping = false;

  private constructor(requests: Record<Kind, () => Promise<Outcome>>) {
    this.#requests = requests;
  }

  static async prepare(app: App, service: App): Promise<Traffic> {
    const person = await signedOn(app, ADA);
    const { access_token, refresh_token } = await app.tokens(ADA);
    let newest = refresh_token;
    return new Traffic({
      'client credentials': () => outcomeOf(service.token({ grant_type: 'client_credentials' })),
      userinfo: () => outcomeOf(app.userInfo(access_token)),
      authorize: () =>
        outcomeOf(person.get(app.authorizeUrl({ prompt: 'none' })), ({ location }) => /[?&]code=/.test(location ?? '')),
      // An answer that got lost is asked for again with the same token, as the grace window allows (RT-03).
      refresh: () =>
        outcomeOf(app.refresh(newest), (answer) => {
          if (answer.status !== 200) return false;
          newest = answer.json<Tokens>().refresh_token;
          return true;
        }),
      discovery: () => outcomeOf(request(`${app.issuer}/.well-known/openid-configuration`)),
    });
  }

  /** One of each, at once. */
  async once(): Promise<Record<Kind, Outcome>> {
    const kinds = Object.keys(this.#requests) as Kind[];
    const outcomes = await Promise.all(kinds.map((kind) => this.#requests[kind]()));
    return Object.fromEntries(kinds.map((kind, at) => [kind, outcomes[at]])) as Record<Kind, Outcome>;
  }

  /** Light and steady, one request of each kind at a time, until {@link stop}. */
  start(): void {
    this.#stopping = false;
    this.outcomes.length = 0;
    this.#running = Promise.all((Object.keys(this.#requests) as Kind[]).map((kind) => this.#loop(kind)));
  }

  /** @returns how often each outcome came since {@link start} */
  async stop(): Promise<Record<string, number>> {
    this.#stopping = true;
    await this.#running;
    const counts: Record<string, number> = {};
    for (const { kind, outcome } of this.outcomes) {
      const name = outcome.startsWith('verdict') || outcome === 'hang' ? `${kind} ${outcome}` : outcome;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** Runs until everything is served again; the fault has been healed, and nobody touches anything (I15). */
  async untilServed(seconds = 10): Promise<Record<Kind, Outcome>> {
    const until = Date.now() + seconds * 1_000;
    for (;;) {
      const outcomes = await this.once();
      if (Object.values(outcomes).every((outcome) => outcome === 'ok') || Date.now() > until) return outcomes;
      await sleep(100);
    }
  }

  async #loop(kind: Kind): Promise<void> {
    while (!this.#stopping) {
      this.outcomes.push({ kind, outcome: await this.#requests[kind]() });
      await sleep(20);
    }
  }
}

/** Everything served. */
export const ALL_OK: Record<Kind, Outcome> = {
  'client credentials': 'ok',
  userinfo: 'ok',
  authorize: 'ok',
  refresh: 'ok',
  discovery: 'ok',
};

/** I4: 503 with Retry-After, or a connection cut; anything else an honest client gets instead of service is a verdict. */
export async function outcomeOf(
  sending: Promise<Answer>,
  isServed: (answer: Answer) => boolean = ({ status }) => status === 200,
): Promise<Outcome> {
  const late = sleep(HANG, 'hang' as const, { ref: false });
  const answer = await Promise.race([sending.catch(() => 'reset' as const), late]);
  if (typeof answer === 'string') return answer;
  if (isServed(answer)) return 'ok';
  if (answer.status === 503 && Number(answer.headers.get('retry-after')) > 0) return 'unavailable';
  return `verdict: ${answer.status} ${(answer.location ?? answer.text).slice(0, 120)}`;
}
