import { CounterSeries, endSpan, HotCounter, HotHistogram, Metrics, serverSpan, within } from '@grantway/platform';
import { FastifyReply, FastifyRequest } from 'fastify';

/** Any other method is nobody's; a label for each would be a label for whatever somebody sends. */
const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS'];

/** Counts and traces what comes to the door, by the paths of the endpoint table and never by an address that somebody sent. */
export class RequestWatch {
  readonly #requests: HotCounter<'endpoint' | 'method' | 'status'>;
  readonly #durations: HotHistogram<'endpoint'>;

  constructor(metrics: Metrics) {
    this.#requests = metrics.hotCounter('grantway_http_requests_total', 'Requests answered at the door.', [
      'endpoint',
      'method',
      'status',
    ]);
    this.#durations = metrics.hotHistogram(
      'grantway_http_request_duration_seconds',
      'From a request’s arrival at the door to the end of its answer.',
      ['endpoint'],
    );
  }

  /** @returns the hook that is called when a request of this endpoint has been answered, or given up by whoever sent it */
  answered(endpoint: string): (request: FastifyRequest, http: FastifyReply, done: () => void) => void {
    const duration = this.#durations.series({ endpoint });
    const known = new Map<string, CounterSeries>();
    return ({ method: sent }, { statusCode, elapsedTime }, done) => {
      duration.observe(elapsedTime / 1_000);
      const method = METHODS.includes(sent) ? sent : 'other';
      const key = `${method} ${statusCode}`;
      let series = known.get(key);
      if (!series) {
        series = this.#requests.series({ endpoint, method, status: String(statusCode) });
        known.set(key, series);
      }
      series.value += 1;
      done();
    };
  }
}

/**
 * Answers a request in a span of its own, which ends when the answer has left. OpenTelemetry would have `url.path` and
 * `url.query` in it as well; they hold what clients sent.
 */
export function inRequestSpan<T>(endpoint: string, request: FastifyRequest, http: FastifyReply, act: () => T): T {
  const method = METHODS.includes(request.method) ? request.method : '_OTHER';
  const span = serverSpan(
    `${method} ${endpoint}`,
    { 'http.request.method': method, 'http.route': endpoint, 'url.scheme': request.protocol },
    request.headers['traceparent'],
  );
  http.raw.once('close', () => {
    const { statusCode, raw } = http;
    // Whoever asked may have gone before there was an answer.
    if (raw.headersSent) span.setAttribute('http.response.status_code', statusCode);
    if (!raw.writableFinished) endSpan(span, 'client_gone');
    else endSpan(span, statusCode >= 500 ? String(statusCode) : undefined);
  });
  return within(span, act);
}
