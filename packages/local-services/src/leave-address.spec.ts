import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveAddress } from './leave-address.js';

describe('leaveAddress', () => {
  it('house: two files for their owner alone, and none once it is taken away, however often', async () => {
    const home = await mkdtemp(join(tmpdir(), 'address-'));
    const data = join(home, 'data');
    const takeAway = await leaveAddress(data, { databaseUrl: 'postgresql://x', publicUrl: 'http://localhost:3310' });
    expect((await readdir(data)).sort()).toEqual(['database.url', 'public.url']);
    expect(await readFile(join(data, 'public.url'), 'utf8')).toBe('http://localhost:3310\n');
    expect((await stat(join(data, 'database.url'))).mode & 0o777).toBe(0o600);
    await takeAway();
    await takeAway();
    expect(await readdir(data)).toEqual([]);
    await rm(home, { recursive: true });
  });
});
