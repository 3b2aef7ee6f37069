import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeOwnership } from './owner-lock.js';
import { processIdentity } from './process-table.js';

let home: string;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'grantway-lock-'));
  file = join(home, 'thing.owner');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const owned = async () => 'ownedBy' in (await takeOwnership(file));

describe('owner lock', () => {
  it('of many that ask at once one gets it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => takeOwnership(file)));
    expect(answers.filter((answer) => 'release' in answer)).toHaveLength(1);
    expect(await readdir(home)).toEqual(['thing.owner']);
  });

  it('is free again after release', async () => {
    const lock = await takeOwnership(file);
    expect(await owned()).toBe(true);
    if ('release' in lock) lock.release();
    expect(await owned()).toBe(false);
  });

  it.each([
    ['an owner that is dead', JSON.stringify({ pid: 2 ** 22 - 1 })],
    [
      'a stranger that got the dead owner’s process id',
      JSON.stringify({ pid: process.pid, identity: 'another boot:1' }),
    ],
    ['a note that was cut off', '{"pid": 1'],
    ['an empty note', ''],
  ])('does not believe %s', async (_what, note) => {
    await writeFile(file, note);
    expect(await owned()).toBe(false);
  });

  it('believes an owner that lives', async () => {
    await writeFile(file, JSON.stringify({ pid: process.ppid, identity: processIdentity(process.ppid) }));
    expect(await takeOwnership(file)).toEqual({ ownedBy: process.ppid });
  });
});
