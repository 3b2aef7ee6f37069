import { setTimeout as sleep } from 'node:timers/promises';
import { Deadlines } from './deadlines.js';

/** Which of those who wait were told that they are late, and after how many milliseconds. */
function house() {
  const deadlines = new Deadlines();
  const begun = Date.now();
  const late: [name: string, after: number][] = [];
  const wait = (name: string, milliseconds: number) => {
    const waiting = { deadline: begun + milliseconds, late: () => late.push([name, Date.now() - begun]) };
    deadlines.add(waiting);
    return waiting;
  };
  return { deadlines, late, wait, names: () => late.map(([name]) => name) };
}

describe('Deadlines', () => {
  it('I6 each is told once, at its own time, in whatever order they came', async () => {
    const { late, wait, names } = house();
    const times = { c: 90, a: 30, d: 120, b: 60 };
    for (const [name, milliseconds] of Object.entries(times)) wait(name, milliseconds);
    await sleep(200);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
    for (const [name, after] of late) {
      expect(after).toBeGreaterThanOrEqual(times[name as keyof typeof times]);
      expect(after).toBeLessThan(times[name as keyof typeof times] + 500);
    }
  });

  it('house: what is over in time is told nothing, and holds up nobody', async () => {
    const { deadlines, wait, names } = house();
    const first = wait('first', 20);
    wait('second', 50);
    deadlines.delete(first);
    await sleep(120);
    expect(names()).toEqual(['second']);
  });

  it('house: who comes after the timer rang is told as well', async () => {
    const { wait, names } = house();
    wait('before', 10);
    await sleep(50);
    wait('after', 80);
    await sleep(80);
    expect(names()).toEqual(['before', 'after']);
  });

  it('I6 a deadline that has passed is told at once, though not before whoever added it goes on', async () => {
    const { wait, names } = house();
    wait('past', -1_000);
    expect(names()).toEqual([]);
    await sleep(10);
    expect(names()).toEqual(['past']);
  });

  it('house: a deadline beyond what a timer can hold is not taken for one that has passed', async () => {
    const { wait, names } = house();
    wait('in three centuries', 9e12);
    await sleep(30);
    expect(names()).toEqual([]);
  });

  it('house: one who is told may wait again, or end another’s waiting', async () => {
    const { deadlines, wait, names } = house();
    const other = wait('other', 150);
    const begun = Date.now();
    deadlines.add({
      deadline: begun + 5,
      late: () => {
        deadlines.delete(other);
        wait('again', 40);
      },
    });
    await sleep(300);
    expect(names()).toEqual(['again']);
  });
});
