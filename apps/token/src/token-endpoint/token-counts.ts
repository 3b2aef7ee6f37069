import { CounterSeries, HotCounter, Metrics } from '@grantway/platform';

/** Token requests by what came of them. A grant type that is none is `unknown`: what clients send makes no labels. */
export class TokenCounts {
  readonly #requests: HotCounter<'grant_type' | 'outcome'>;
  readonly #series = new Map<string, Map<string, CounterSeries>>();

  constructor(metrics: Metrics) {
    this.#requests = metrics.hotCounter(
      'grantway_token_requests_total',
      'Token requests by their outcome: ok, the code of an OAuth error, or fault for trouble that is nobody’s verdict.',
      ['grant_type', 'outcome'],
    );
  }

  /** @param type of a grant that is here, or was lately */
  count(type: string | undefined, outcome: string): void {
    const grantType = type ?? 'unknown';
    let ofType = this.#series.get(grantType);
    if (!ofType) {
      ofType = new Map();
      this.#series.set(grantType, ofType);
    }
    let series = ofType.get(outcome);
    if (!series) {
      series = this.#requests.series({ grant_type: grantType, outcome });
      ofType.set(outcome, series);
    }
    series.value += 1;
  }
}
