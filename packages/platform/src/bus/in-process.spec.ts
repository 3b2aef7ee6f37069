import { setTimeout as sleep } from 'node:timers/promises';
import { InProcessBus } from './in-process.js';

const within = (milliseconds: number) => ({ requestId: 'request-1', deadline: Date.now() + milliseconds });

describe('InProcessBus', () => {
  it('house: a message reaches the handler of its subject, and the answer comes back', async () => {
    const bus = new InProcessBus();
    bus.serve('kettle.v1.boil', 'kettle', async (message) => ({ reply: { boiled: message } }));
    const message = within(1_000);
    expect(await bus.request('kettle.v1.boil', message)).toEqual({ boiled: message });
    expect(bus.connected).toBe(true);
  });

  it('design §3 nobody there is told at once', async () => {
    const begun = Date.now();
    await expect(new InProcessBus().request('kettle.v1.boil', within(5_000))).rejects.toMatchObject({
      kind: 'no_responders',
    });
    expect(Date.now() - begun).toBeLessThan(100);
  });

  it.each([
    ['in time, though the handler hangs', 30, 30],
    ['at once, when the deadline passed before', -1_000, 0],
  ])('I6 a missed deadline is a timeout: %s', async (_what, deadline, atLeast) => {
    const bus = new InProcessBus();
    bus.serve('kettle.v1.boil', 'kettle', () => new Promise(() => {}));
    const begun = performance.now();
    await expect(bus.request('kettle.v1.boil', within(deadline))).rejects.toMatchObject({ kind: 'timeout' });
    const took = performance.now() - begun;
    expect(took).toBeGreaterThanOrEqual(atLeast - 2);
    expect(took).toBeLessThan(atLeast + 200);
  });

  it.each(['unavailable', 'refused', 'fault'] as const)('I4 %s travels back as it is', async (trouble) => {
    const bus = new InProcessBus();
    bus.serve('kettle.v1.boil', 'kettle', async () => ({ trouble }));
    const request = bus.request('kettle.v1.boil', within(1_000));
    await expect(request).rejects.toMatchObject({ kind: trouble, message: `kettle.v1.boil: ${trouble}` });
  });

  it('I9 draining takes no new message and waits for those in hand', async () => {
    const bus = new InProcessBus();
    const done: string[] = [];
    bus.serve('kettle.v1.boil', 'kettle', async () => {
      await sleep(30);
      done.push('boiled');
      return { reply: 'hot' };
    });
    const inHand = bus.request('kettle.v1.boil', within(1_000));
    await bus.drain();
    expect(done).toEqual(['boiled']);
    await expect(inHand).resolves.toBe('hot');
    await expect(bus.request('kettle.v1.boil', within(1_000))).rejects.toMatchObject({ kind: 'no_responders' });
  });

  it('design §5 everybody who subscribed hears what is published, as a copy', async () => {
    const bus = new InProcessBus();
    const heard: [string, unknown, string][] = [];
    bus.subscribe('kettles.v1.told.*', (content, subject) => heard.push(['one', content(), subject]));
    bus.subscribe('kettles.v1.told.red', (content, subject) => heard.push(['two', content(), subject]));
    const message = { hot: true, left: undefined };
    expect(bus.publish('kettles.v1.told.red', message)).toBe(true);
    message.hot = false;
    expect(heard).toEqual([]);
    await sleep(10);
    expect(heard).toEqual([
      ['one', { hot: true }, 'kettles.v1.told.red'],
      ['two', { hot: true }, 'kettles.v1.told.red'],
    ]);
  });

  it.each(['kettles.v1.told', 'kettles.v1.told.red.now', 'kettles.v1.asked.red', 'kettles.v2.told.red'])(
    'design §5 a star is one word: %s is not heard',
    async (subject) => {
      const bus = new InProcessBus();
      const heard: unknown[] = [];
      bus.subscribe('kettles.v1.told.*', (content) => heard.push(content()));
      bus.publish(subject, {});
      bus.publish('kettles.v1.told.red', { positive: 'control' });
      await sleep(10);
      expect(heard).toEqual([{ positive: 'control' }]);
    },
  );

  it('I9 who has drained hears no more', async () => {
    const bus = new InProcessBus();
    const heard: unknown[] = [];
    bus.subscribe('kettles.v1.told.*', (content) => heard.push(content()));
    bus.publish('kettles.v1.told.red', {});
    await bus.drain();
    await sleep(10);
    expect(heard).toEqual([]);
  });
});
