import { setImmediate as turn } from 'node:timers/promises';
import { Outbox } from './outbox.js';

describe('Outbox', () => {
  it('house: what is put in during one turn leaves together, in order, and not before the turn is over', async () => {
    const outbox = new Outbox();
    const sent: number[] = [];
    for (const n of [1, 2]) outbox.put(() => sent.push(n));
    await Promise.resolve().then(() => outbox.put(() => sent.push(3)));
    expect(sent).toEqual([]);
    await turn();
    expect(sent).toEqual([1, 2, 3]);
    await turn();
    expect(sent).toEqual([1, 2, 3]);
  });

  it('house: what is put in while it leaves goes with the next', async () => {
    const outbox = new Outbox();
    const sent: string[] = [];
    outbox.put(() => {
      sent.push('first');
      outbox.put(() => sent.push('second'));
    });
    outbox.flush();
    expect(sent).toEqual(['first']);
    await turn();
    await turn();
    expect(sent).toEqual(['first', 'second']);
  });

  it('I9 whoever cannot wait sends at once, and nothing twice', async () => {
    const outbox = new Outbox();
    const sent: string[] = [];
    outbox.put(() => sent.push('answer'));
    outbox.flush();
    expect(sent).toEqual(['answer']);
    await turn();
    expect(sent).toEqual(['answer']);
  });
});
