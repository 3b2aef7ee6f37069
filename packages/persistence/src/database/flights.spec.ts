import { setImmediate as untilNextTurn } from 'node:timers/promises';
import { Flights, type Fly } from './flights.js';
import type { GatheredStatement } from './gathered-statement.js';

interface Flight {
  readonly keys: unknown[];
  readonly land: () => void;
  readonly fail: (error: unknown) => void;
}

/** As many turns of the event loop as a flight and the one after it take to leave; on a slow machine too. */
async function turn(): Promise<void> {
  for (let n = 0; n < 4; n += 1) await untilNextTurn();
}

/** Flights whose rows say which call they are for, and that land when the test says so. */
function aStatement({ oneOfEachKey = false, patience = 60_000 } = {}) {
  const flown: Flight[] = [];
  const statement: GatheredStatement = { name: 'x', text: 'x', types: ['text', 'text[]'], oneOfEachKey };
  const fly: Fly = ([keys]) => {
    const calls = keys as unknown[];
    return new Promise((resolve, reject) => {
      const rows = calls.map((key, index) => ({ n: index + 1, key })).filter(({ key }) => key !== 'none');
      flown.push({ keys: calls, land: () => resolve(rows.toReversed()), fail: reject });
    });
  };
  const flights = new Flights(statement, fly, patience);
  const call = (key: string) => flights.call([key, ['a']]) as Promise<{ key: string } | undefined>;
  return { flights, flown, call, turn, landAll: () => flown.forEach(({ land }) => void land()) };
}

describe('Flights', () => {
  it('house: the calls of one turn go together, and each gets its own row', async () => {
    const { flown, call, turn, landAll } = aStatement();
    const calls = Promise.all(['a', 'none', 'b', 'a'].map(call));
    await turn();
    landAll();
    expect((await calls).map((row) => row?.key)).toEqual(['a', undefined, 'b', 'a']);
    expect(flown.map(({ keys }) => keys)).toEqual([['a', 'none', 'b', 'a']]);
  });

  it('house: who asks is told how many went together', async () => {
    const { flights, turn } = aStatement();
    const told: number[] = [];
    for (const key of ['a', 'b', 'c']) void flights.call([key, ['a']], (calls) => told.push(calls));
    await turn();
    expect(told).toEqual([3, 3, 3]);
  });

  it('house: what arrives while two are under way goes with the next one', async () => {
    const { flown, call, turn, landAll } = aStatement();
    for (const key of ['a', 'b', 'c', 'd']) {
      void call(key);
      await turn();
    }
    expect(flown.map(({ keys }) => keys)).toEqual([['a'], ['b']]);
    landAll();
    await turn();
    expect(flown.map(({ keys }) => keys)).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  it('house: no more than 64 go together', async () => {
    const { flown, call, turn } = aStatement();
    for (let n = 0; n < 100; n++) void call(`${n}`);
    await turn();
    expect(flown.map(({ keys }) => keys.length)).toEqual([64, 36]);
  });

  it('design §4 of writes to one row each sees what the one before it did', async () => {
    const { flown, call, turn, landAll } = aStatement({ oneOfEachKey: true });
    const calls = ['a', 'a', 'b', 'a'].map(call);
    await turn();
    expect(flown.map(({ keys }) => keys)).toEqual([['a', 'b'], ['a']]);
    landAll();
    await turn();
    expect(flown.map(({ keys }) => keys)).toEqual([['a', 'b'], ['a'], ['a']]);
    landAll();
    expect((await Promise.all(calls)).map((row) => row?.key)).toEqual(['a', 'a', 'b', 'a']);
  });

  it('house: a call that PostgreSQL refuses fails alone', async () => {
    const { flown, call, turn } = aStatement();
    const refusal = Object.assign(new Error('invalid byte sequence'), { code: '22021' });
    const calls = Promise.allSettled(['a', 'bad', 'b'].map(call));
    await turn();
    flown[0]?.fail(refusal);
    for (let n = 1; n <= 3; n++) {
      await turn();
      if (flown[n]?.keys[0] === 'bad') flown[n]?.fail(refusal);
      else flown[n]?.land();
    }
    expect(await calls).toMatchObject([
      { value: { key: 'a' } },
      { status: 'rejected', reason: refusal },
      { value: { key: 'b' } },
    ]);
    expect(flown.map(({ keys }) => keys)).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
  });

  it.each(['ECONNRESET', '57014', '40P01'])(
    'I4 an outage (%s) is everybody’s, and nothing is sent twice',
    async (code) => {
      const { flown, call, turn } = aStatement();
      const calls = Promise.allSettled(['a', 'b'].map(call));
      await turn();
      const outage = Object.assign(new Error('away'), { code });
      flown[0]?.fail(outage);
      expect(await calls).toMatchObject([{ reason: outage }, { reason: outage }]);
      expect(flown).toHaveLength(1);
    },
  );

  it('house: flights that wait for a lock do not keep the others', async () => {
    const { flown, call, turn } = aStatement({ patience: 200 });
    for (const key of ['locked', 'locked too', 'free']) {
      void call(key);
      await turn();
    }
    expect(flown).toHaveLength(2);
    while (flown.length < 3) await turn();
    expect(flown.map(({ keys }) => keys)).toEqual([['locked'], ['locked too'], ['free']]);
  });
});
