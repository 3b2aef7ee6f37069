import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepSecret } from './keep-secret.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'grantway-secret-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('a kept secret', () => {
  it('is 32 random bytes, for its owner alone, and the same for all that ask at once and later', async () => {
    const file = join(home, 'new', 'master-key');
    const answers = await Promise.all(Array.from({ length: 10 }, () => keepSecret(file)));
    expect(new Set([...answers, await keepSecret(file)]).size).toBe(1);
    expect(Buffer.from(answers[0] ?? '', 'base64url')).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(home, 'new'))).toEqual(['master-key']);
  });
});
