import { CounterSeries, HistogramSeries, HotCounter, HotHistogram } from '../metrics/hot-metrics.js';
import { Metrics } from '../metrics/metrics.js';
import { clientSpan, endSpan, isTracing, serverSpan, traceparentOf, within } from '../tracing/spans.js';
import { Bus, BusHandler, BusListener, BusMessage, BusReply, BusSubscriber, BusTrouble } from './bus.js';

/** Subjects are ours, and those of grants that have a lease; should there be more, they share a label. */
const MOST_SUBJECTS = 1_200;
const OTHER = 'other';

/** What is known of one subject, on one side. */
interface Watched {
  readonly subject: string;
  readonly duration: HistogramSeries;
  readonly outcomes: Map<string, CounterSeries>;
  inFlight: number;
}

/**
 * A bus whose questions and answers are counted and traced, whichever bus it is. The trace travels in the message's `traceparent`;
 * where nothing is traced, what the message says of it is handed on.
 */
export class ObservedBus extends Bus implements BusListener {
  readonly #asked: Side;
  readonly #handled: Side;

  constructor(
    private readonly bus: Bus & BusListener,
    metrics: Metrics,
  ) {
    super();
    this.#asked = new Side(
      metrics.hotCounter('grantway_bus_requests_total', 'Questions asked over the bus, by what came of them.', [
        'subject',
        'outcome',
      ]),
      metrics.hotHistogram('grantway_bus_request_duration_seconds', 'From a question to its answer, there and back.', [
        'subject',
      ]),
    );
    this.#handled = new Side(
      metrics.hotCounter('grantway_bus_handled_total', 'Questions answered here, by what was answered.', [
        'subject',
        'outcome',
      ]),
      metrics.hotHistogram('grantway_bus_handling_duration_seconds', 'From a question’s arrival here to its answer.', [
        'subject',
      ]),
    );
    metrics.gauge('grantway_bus_connected', 'Whether this process is on the bus.', [], (gauge) => {
      gauge.set(bus.connected ? 1 : 0);
    });
    metrics.gauge(
      'grantway_bus_requests_in_flight',
      'Questions that are being answered here now.',
      ['subject'],
      (gauge) => {
        for (const { subject, inFlight } of this.#handled.all) gauge.set({ subject }, inFlight);
      },
    );
  }

  get connected(): boolean {
    return this.bus.connected;
  }

  override onConnect(then: () => void): void {
    this.bus.onConnect(then);
  }

  publish(subject: string, message: object): boolean {
    return this.bus.publish(subject, message);
  }

  subscribe(pattern: string, subscriber: BusSubscriber): void {
    this.bus.subscribe(pattern, subscriber);
  }

  drain(): Promise<void> {
    return this.bus.drain();
  }

  async request<Reply>(subject: string, message: BusMessage, largest?: number): Promise<Reply> {
    const asked = this.#asked.of(subject);
    const span = isTracing() ? clientSpan(`request ${subject}`, attributes('request', subject)) : undefined;
    const from = performance.now();
    let outcome = 'ok';
    try {
      const sent = span ? { ...message, traceparent: traceparentOf(span) } : message;
      return await this.bus.request<Reply>(subject, sent, largest);
    } catch (error) {
      outcome = error instanceof BusTrouble ? error.kind : 'fault';
      throw error;
    } finally {
      this.#asked.count(asked, outcome, from);
      if (span) endSpan(span, outcome === 'ok' ? undefined : outcome);
    }
  }

  serve(subject: string, queue: string, handler: BusHandler): void {
    const handled = this.#handled.of(subject);
    this.bus.serve(subject, queue, async (message) => {
      handled.inFlight += 1;
      const from = performance.now();
      let outcome = 'fault';
      try {
        const reply = isTracing() ? await traced(subject, message, handler) : await handler(message);
        outcome = outcomeOf(reply);
        return reply;
      } finally {
        handled.inFlight -= 1;
        this.#handled.count(handled, outcome, from);
      }
    });
  }
}

/** Those who ask, or those who answer. */
class Side {
  readonly #subjects = new Map<string, Watched>();

  constructor(
    private readonly outcomes: HotCounter<'subject' | 'outcome'>,
    private readonly durations: HotHistogram<'subject'>,
  ) {}

  get all(): Iterable<Watched> {
    return this.#subjects.values();
  }

  of(subject: string): Watched {
    const known = this.#subjects.get(subject);
    if (known) return known;
    if (this.#subjects.size >= MOST_SUBJECTS && subject !== OTHER) return this.of(OTHER);
    const duration = this.durations.series({ subject });
    const made: Watched = { subject, duration, outcomes: new Map(), inFlight: 0 };
    this.#subjects.set(subject, made);
    return made;
  }

  count({ subject, duration, outcomes }: Watched, outcome: string, from: number): void {
    duration.observe((performance.now() - from) / 1_000);
    let series = outcomes.get(outcome);
    if (!series) {
      series = this.outcomes.series({ subject, outcome });
      outcomes.set(outcome, series);
    }
    series.value += 1;
  }
}

async function traced(subject: string, message: unknown, handler: BusHandler): Promise<BusReply> {
  const { traceparent } = (message ?? {}) as { traceparent?: unknown };
  const span = serverSpan(`process ${subject}`, attributes('process', subject), traceparent);
  let outcome = 'fault';
  try {
    const reply = await within(span, () => handler(message));
    outcome = outcomeOf(reply);
    return reply;
  } finally {
    endSpan(span, outcome === 'ok' ? undefined : outcome);
  }
}

function outcomeOf(reply: BusReply): string {
  return 'trouble' in reply ? reply.trouble : 'ok';
}

/** OpenTelemetry semantic conventions for messaging. */
function attributes(operation: 'request' | 'process', subject: string) {
  return {
    'messaging.system': 'nats',
    'messaging.operation.name': operation,
    'messaging.destination.name': subject,
  };
}
