import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withItsPublicUrl } from './installation.js';

describe('what ${PUBLIC_URL} stands for', () => {
  let data: string;

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'installation-'));
    await writeFile(join(data, 'public.url'), 'http://localhost:3310\n');
  });

  afterEach(() => rm(data, { recursive: true }));

  it.each([
    ['the address a running installation left', {}, 'http://localhost:3310'],
    ['the variable before it', { PUBLIC_URL: 'https://login.example' }, 'https://login.example'],
    ['nothing of it, for a database of one’s own', { DATABASE_URL: 'postgresql://x' }, undefined],
  ])('house: %s', async (_what, env, expected) => {
    expect((await withItsPublicUrl({ GRANTWAY_DATA: data, ...env }))['PUBLIC_URL']).toBe(expected);
  });

  it('house: nothing where nothing runs', async () => {
    expect(await withItsPublicUrl({ GRANTWAY_DATA: join(data, 'none') })).not.toHaveProperty('PUBLIC_URL');
  });
});
