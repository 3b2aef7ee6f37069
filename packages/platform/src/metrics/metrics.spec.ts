import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('house: two that ask for one name count into one', async () => {
    const metrics = new Metrics();
    for (let asked = 0; asked < 2; asked++) metrics.counter('things_total', 'Things.', ['kind']).inc({ kind: 'odd' });
    expect((await metrics.page()).text).toContain('things_total{kind="odd"} 2');
  });

  it('house: what one process counts is not in another’s page', async () => {
    new Metrics().gauge('here', 'Here.', []).set(1);
    expect((await new Metrics().page()).text).not.toContain('here');
  });

  it('house: what Node does is there when asked for', async () => {
    expect((await new Metrics({ process: true }).page()).text).toContain('nodejs_eventloop_lag_seconds');
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
});
