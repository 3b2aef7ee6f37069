import { ConfigCache } from './config-cache.js';

const OUTAGE = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

describe('ConfigCache', () => {
  let now: number;
  let cache: ConfigCache;
  let reads: number;
  let stored: string | undefined;
  let trouble: Error | undefined;
  beforeEach(() => {
    [now, reads, stored, trouble] = [0, 0, 'one', undefined];
    cache = new ConfigCache(() => now);
    cache.listeningBegan();
  });

  const read = async (): Promise<string | undefined> => {
    reads++;
    if (trouble) throw trouble;
    return stored;
  };
  const get = (key = 'thing', environmentId = 'acme') => cache.get(environmentId, key, read);

  it('design §4.6 an entry nobody asked for is 30 s old at most when it is used', async () => {
    await get();
    now = 30_000;
    stored = 'two';
    expect(await get()).toBe('two');
    expect(reads).toBe(2);
  });

  it('house: one that is in use is read again after 15 s, without anybody waiting', async () => {
    await get();
    now = 14_999;
    await get();
    expect(reads).toBe(1);
    now = 15_000;
    stored = 'two';
    expect(await get()).toBe('one');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await get()).toBe('two');
    expect(reads).toBe(2);
  });

  it('4.4 a busy entry bridges any outage of 15 s', async () => {
    for (now = 0; now < 40_000; now += 1000) {
      await get();
      await new Promise((resolve) => setImmediate(resolve));
    }
    trouble = OUTAGE;
    for (const end = now + 15_000; now < end; now += 100) expect(await get()).toBe('one');
  });

  it('4.4 a database that hangs keeps a reader waiting for 300 ms, and the next not at all', async () => {
    await get();
    cache.listeningEnded();
    now = 2000;
    const hang = () => new Promise<string>(() => {});
    const began = performance.now();
    expect(await cache.get('acme', 'thing', hang)).toBe('one');
    expect(performance.now() - began).toBeGreaterThan(250);
    expect(performance.now() - began).toBeLessThan(2000);
    const again = performance.now();
    expect(await cache.get('acme', 'thing', hang)).toBe('one');
    expect(performance.now() - again).toBeLessThan(100);
  });

  it('design §4.6 an announcement drops the environment’s entries, and no other’s', async () => {
    await Promise.all([get('thing'), get('other'), get('thing', 'elsewhere')]);
    cache.forget('acme');
    await Promise.all([get('thing'), get('other'), get('thing', 'elsewhere')]);
    expect(reads).toBe(5);
  });

  it('house: parallel readers share one read', async () => {
    expect(await Promise.all(Array.from({ length: 50 }, () => get()))).toEqual(Array(50).fill('one'));
    expect(reads).toBe(1);
  });

  it('house: a read that began before the announcement serves no later reader and is not kept', async () => {
    let finish: (value: string) => void = () => {};
    const early = cache.get('acme', 'thing', () => new Promise<string>((resolve) => (finish = resolve)));
    cache.forget('acme');
    stored = 'two';
    expect(await get()).toBe('two');
    finish('one');
    expect(await early).toBe('one');
    expect(await get()).toBe('two');
    expect(reads).toBe(1);
  });

  it('house: that there is none is believed for a second', async () => {
    stored = undefined;
    await get();
    now = 999;
    expect(await get()).toBeUndefined();
    now = 1000;
    stored = 'new';
    expect(await get()).toBe('new');
    expect(reads).toBe(2);
  });

  it('house: while nothing is announced, entries are believed for a second', async () => {
    await get();
    cache.listeningEnded();
    now = 999;
    await get();
    expect(reads).toBe(1);
    now = 1000;
    await get();
    expect(reads).toBe(2);
  });

  it('house: when listening begins again, all is read anew', async () => {
    await get();
    cache.listeningEnded();
    cache.listeningBegan();
    await get();
    expect(reads).toBe(2);
  });

  it('4.4 an outage is bridged for 30 s, asking once a second', async () => {
    await get();
    cache.listeningEnded();
    trouble = OUTAGE;
    for (now = 1000; now < 30_000; now += 100) expect(await get()).toBe('one');
    expect(reads).toBeLessThanOrEqual(1 + 30);
    now = 30_000;
    await expect(get()).rejects.toBe(OUTAGE);
    trouble = undefined;
    stored = 'two';
    expect(await get()).toBe('two');
  });

  it('I4 that there is none is never told during an outage', async () => {
    stored = undefined;
    await get();
    trouble = OUTAGE;
    now = 1000;
    await expect(get()).rejects.toBe(OUTAGE);
  });

  it('I4 what is known to have changed is not served from before, outage or not', async () => {
    await get();
    cache.forget('acme');
    trouble = OUTAGE;
    await expect(get()).rejects.toBe(OUTAGE);
  });

  it('house: a bug is not bridged', async () => {
    await get();
    now = 30_000;
    trouble = new TypeError('bug');
    await expect(get()).rejects.toBe(trouble);
  });

  it('house: a failed read is not kept', async () => {
    trouble = OUTAGE;
    await expect(get()).rejects.toBe(OUTAGE);
    trouble = undefined;
    expect(await get()).toBe('one');
  });

  it('I12 is bounded, and forgets first what was not asked for longest', async () => {
    await get('old');
    await get('busy');
    for (let n = 0; n < 9_998; n++) await get(`client ${n}`);
    await get('busy');
    await get('one too many');
    reads = 0;
    await get('busy');
    expect(reads).toBe(0);
    await get('old');
    expect(reads).toBe(1);
  });
});
