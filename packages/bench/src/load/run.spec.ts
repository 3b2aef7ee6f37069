import { setTimeout as sleep } from 'node:timers/promises';
import { atRate, saturate } from './run.js';

describe('a load', () => {
  it('house: every chain sends its share, one request after the other', async () => {
    const sent = [0, 0, 0];
    let underWay = 0;
    const chains = sent.map((_, n) => ({
      async next() {
        underWay += 1;
        sent[n] = (sent[n] ?? 0) + 1;
        expect(underWay).toBeLessThanOrEqual(3);
        await sleep(1);
        underWay -= 1;
      },
    }));
    const run = await saturate(chains, 5);
    expect(sent).toEqual([5, 5, 5]);
    expect([run.requests, run.latencies.length]).toEqual([15, 15]);
  });

  it('house: at a rate, what had to wait for a slow answer is older when it is answered', async () => {
    const run = await atRate([{ next: () => sleep(20).then(() => {}) }], 5, 200);
    // Due every 5 ms, answered every 20: the fifth was due at 20 ms and is answered at 100.
    expect(Math.max(...run.latencies)).toBeGreaterThan(60);
    expect(run.requests).toBe(5);
  });

  it('house: a wrong answer ends it', async () => {
    await expect(saturate([{ next: () => Promise.reject(new Error('400 in place of 200')) }], 5)).rejects.toThrow(
      '400',
    );
  });
});
