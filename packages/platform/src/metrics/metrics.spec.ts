import { Histogram, Registry } from 'prom-client';
import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('house: two that ask for one name count into one', async () => {
    const metrics = new Metrics();
    for (let asked = 0; asked < 2; asked++) {
      metrics.counter('things_total', 'Things.', ['kind']).inc({ kind: 'odd' });
      metrics.hotCounter('hot_total', 'Hot.', ['kind']).series({ kind: 'odd' }).value += 1;
    }
    const { text } = await metrics.page();
    expect(text).toContain('things_total{kind="odd"} 2');
    expect(text).toContain('# TYPE hot_total counter\nhot_total{kind="odd"} 2');
  });

  it('house: what one process counts is not in another’s page', async () => {
    new Metrics().gauge('here', 'Here.', []).set(1);
    expect((await new Metrics().page()).text).not.toContain('here');
  });

  it('house: what Node does, and what version runs, is there when asked for', async () => {
    const page = (await new Metrics({ process: true }).page()).text;
    expect(page).toContain('nodejs_eventloop_lag_seconds');
    expect(page).toMatch(/grantway_build_info\{version="\d+\.\d+\.\d+"\} 1/);
    expect((await new Metrics().page()).text).not.toContain('nodejs_eventloop_lag_seconds');
  });

  it('house: durations are in seconds, in buckets from a millisecond to ten seconds', async () => {
    const metrics = new Metrics();
    metrics.histogram('wait_seconds', 'Waiting.', []).observe(0.02);
    const { text, contentType } = await metrics.page();
    expect(text).toContain('wait_seconds_bucket{le="0.01"} 0');
    expect(text).toContain('wait_seconds_bucket{le="0.025"} 1');
    expect(contentType).toMatch(/^text\/plain/);
  });

  it('house: a hot histogram reads as the library’s own would', async () => {
    const registry = new Registry();
    const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    const theirs = new Histogram({
      ...{ name: 'wait_seconds', help: 'Waiting.', labelNames: ['what'], buckets },
      registers: [registry],
    });
    const metrics = new Metrics();
    const ours = metrics.hotHistogram('wait_seconds', 'Waiting.', ['what']).series({ what: 'a "bus"' });
    for (const seconds of [0, 0.001, 0.0011, 0.2, 10, 11]) {
      theirs.observe({ what: 'a "bus"' }, seconds);
      ours.observe(seconds);
    }
    const sorted = (text: string) => text.replaceAll(/\{(.*)\}/g, (_, labels) => labels.split(',').sort().join());
    expect(sorted((await metrics.page()).text)).toBe(sorted(await registry.metrics()));
  });

  it.each([
    ['fails', () => Promise.reject(new Error('away'))],
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
    ['hangs', () => new Promise<void>(() => {})],
  ])('I4 a gauge that %s is left out, and the rest of the page is there', async (_how, collect) => {
    const metrics = new Metrics();
    metrics.gauge('bad', 'Bad.', [], collect);
    metrics.gauge('bad_too', 'Bad.', ['kind'], collect);
    metrics.gauge('good', 'Good.', [], (gauge) => gauge.set(7));
    const { text } = await metrics.page();
    expect(text).toContain('good 7');
    expect(text).not.toMatch(/^bad/m);
  });

  it('house: a gauge says what is, and no more what was', async () => {
    const metrics = new Metrics();
    let kinds = ['here', 'there'];
    metrics.gauge('leases', 'Leases.', ['kind'], (gauge) => {
      for (const kind of kinds) gauge.set({ kind }, 1);
    });
    expect((await metrics.page()).text).toContain('leases{kind="there"} 1');
    kinds = ['here'];
    expect((await metrics.page()).text).not.toContain('there');
  });
});
