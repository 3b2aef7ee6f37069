import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '@grantway/conformance';
import type { Outcome, Outcomes } from './outcomes.js';

/** Milliseconds without an answer that no deadline of ours explains: four times a gateway's. */
const HANG = 12_000;
/** How soon a client that was told to come back does. */
const AGAIN_AFTER = 200;
/** How long it goes on trying. */
const PATIENCE = 60_000;

/** What a client makes of its tries. */
export interface Settled {
  /** Set when it was served. */
  readonly answer?: Answer;
  /** Some try before had no answer, or a 503: what it asked for may have been done. */
  readonly ambiguous: boolean;
  /** The verdict it ended with, when not served. */
  readonly verdict?: string;
}

export interface Expectation {
  readonly served?: (answer: Answer) => boolean;
  /** OAuth errors that may follow a try whose answer was lost (I5), and only then. */
  readonly afterLoss?: readonly string[];
}

const isOk = ({ status }: Answer) => status === 200;

/** A client that deserves to be served each time, and tells the outcomes what it met instead. */
export class Honest {
  constructor(
    private readonly flow: string,
    private readonly outcomes: Outcomes,
    private readonly isOver: () => boolean,
  ) {}

  /** One try. @returns the answer if it was served */
  async once(
    step: string,
    send: () => Promise<Answer>,
    served: Expectation['served'] = isOk,
  ): Promise<Answer | undefined> {
    const { answer, outcome, detail } = await attempt(send, served);
    this.#note(step, outcome, detail);
    return outcome === 'ok' ? answer : undefined;
  }

  /** The same request again until there is an answer to it, as a client does that knows its artifact is still good. */
  async insist(step: string, send: () => Promise<Answer>, expected: Expectation = {}): Promise<Settled> {
    const until = Date.now() + PATIENCE;
    for (let ambiguous = false; ; ambiguous = true) {
      const { answer, outcome, detail } = await attempt(send, expected.served ?? isOk);
      if (outcome === 'ok') {
        this.#note(step, outcome);
        return { answer: answer as Answer, ambiguous };
      }
      const verdict = outcome === 'forbidden' && answer ? errorOf(answer) : undefined;
      const isExplained = ambiguous && verdict !== undefined && (expected.afterLoss?.includes(verdict) ?? false);
      this.#note(step, isExplained ? 'verdict' : outcome, detail);
      if (outcome === 'forbidden') return { ambiguous, ...(isExplained && { verdict: verdict as string }) };
      if (this.isOver() || Date.now() > until) return { ambiguous: true };
      await sleep(AGAIN_AFTER);
    }
  }

  /** What is wrong though the answer looked right. */
  wrong(step: string, detail: string): void {
    this.#note(step, 'forbidden', detail);
  }

  #note(step: string, outcome: Outcome, detail = ''): void {
    this.outcomes.note(this.flow, step, outcome, detail);
  }
}

interface Attempt {
  readonly outcome: Outcome;
  readonly answer?: Answer;
  readonly detail: string;
}

async function attempt(send: () => Promise<Answer>, served: (answer: Answer) => boolean): Promise<Attempt> {
  const late = sleep(HANG, 'hang' as const, { ref: false });
  const answer = await Promise.race([send().catch((error: Error) => error), late]);
  if (answer === 'hang') return { outcome: 'forbidden', detail: `no answer within ${HANG} ms` };
  if (answer instanceof Error) {
    if (isOfTheNetwork(answer)) return { outcome: 'reset', detail: '' };
    return { outcome: 'forbidden', detail: answer.message.slice(0, 300) };
  }
  const detail = `${answer.status} ${(answer.location ?? answer.text).slice(0, 300)}`;
  if (served(answer)) return { outcome: 'ok', answer, detail };
  if (answer.status === 503 && Number(answer.headers.get('retry-after')) > 0)
    return { outcome: 'unavailable', answer, detail };
  // I4: at the authorization endpoint the same is said to the client, once its redirect URI is proven.
  if (/[?&#]error=temporarily_unavailable\b/.test(answer.location ?? ''))
    return { outcome: 'unavailable', answer, detail };
  return { outcome: 'forbidden', answer, detail };
}

/** fetch says TypeError for it; anything without a code is a client that found not what it looked for. */
function isOfTheNetwork(error: Error & { code?: string }): boolean {
  return error.name === 'TypeError' || ['ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(error.code ?? '');
}

function errorOf(answer: Answer): string | undefined {
  try {
    return String(answer.error);
  } catch {
    return undefined;
  }
}
