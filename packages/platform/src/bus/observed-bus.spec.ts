import { Metrics } from '../metrics/metrics.js';
import { type BusReply } from './bus.js';
import { InProcessBus } from './in-process.js';
import { ObservedBus } from './observed-bus.js';

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

function house() {
  const metrics = new Metrics();
  const bus = new ObservedBus(new InProcessBus(), metrics);
  const answers: BusReply[] = [];
  const heard: unknown[] = [];
  bus.serve('kettle.v1.boil', 'kettle', async (message) => {
    heard.push(message);
    return answers.shift() ?? { reply: 'hot' };
  });
  const ask = (subject = 'kettle.v1.boil', more: object = {}) =>
    bus.request(subject, { requestId: 'request-1', deadline: Date.now() + 5_000, ...more });
  const page = async () => (await metrics.page()).text;
  return { bus, answers, heard, ask, page };
}

describe('ObservedBus', () => {
  it('house: both sides count what came of a question, and how long it took', async () => {
    const { ask, answers, page } = house();
    answers.push({ reply: 'hot' }, { trouble: 'unavailable' });
    expect(await ask()).toBe('hot');
    await expect(ask()).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(ask('teapot.v1.pour')).rejects.toMatchObject({ kind: 'no_responders' });
    const text = await page();
    for (const line of [
      'grantway_bus_requests_total{subject="kettle.v1.boil",outcome="ok"} 1',
      'grantway_bus_requests_total{subject="kettle.v1.boil",outcome="unavailable"} 1',
      'grantway_bus_requests_total{subject="teapot.v1.pour",outcome="no_responders"} 1',
      'grantway_bus_request_duration_seconds_count{subject="kettle.v1.boil"} 2',
      'grantway_bus_handled_total{subject="kettle.v1.boil",outcome="ok"} 1',
      'grantway_bus_handled_total{subject="kettle.v1.boil",outcome="unavailable"} 1',
      'grantway_bus_handling_duration_seconds_count{subject="kettle.v1.boil"} 2',
      'grantway_bus_connected 1',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('house: what is in hand is seen while it is', async () => {
    const { bus, page } = house();
    let answer: (reply: BusReply) => void = () => {};
    const held = new Promise<BusReply>((resolve) => {
      answer = resolve;
    });
    bus.serve('slow.v1.ask', 'slow', () => held);
    const asked = bus.request('slow.v1.ask', { requestId: 'request-1', deadline: Date.now() + 5_000 });
    expect(await page()).toContain('grantway_bus_requests_in_flight{subject="slow.v1.ask"} 1');
    answer({ reply: 'done' });
    await asked;
    expect(await page()).toContain('grantway_bus_requests_in_flight{subject="slow.v1.ask"} 0');
  });

  it('I12 subjects without end make no labels without end', async () => {
    const { ask, page } = house();
    for (let number = 0; number < 1_300; number += 1) await ask(`grants.v1.decide.s${number}`).catch(() => {});
    const text = await page();
    expect(text).toContain('grantway_bus_requests_total{subject="other",outcome="no_responders"} 100');
    expect(text.match(/^grantway_bus_requests_total\{/gm)).toHaveLength(1_201);
  });

  it('house: where nothing is traced, what a message says of its trace is handed on as it is', async () => {
    const { ask, heard } = house();
    await ask(undefined, { traceparent: TRACEPARENT });
    await ask();
    expect(heard).toMatchObject([{ traceparent: TRACEPARENT }, {}]);
    expect(heard[1]).not.toHaveProperty('traceparent');
  });
});
