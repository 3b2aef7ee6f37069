import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACK = resolve(import.meta.dirname, '../pack.mjs');

// That a team can install and use it: packages/conformance/src/faults/own-grant.e2e-spec.ts.
describe('the packed sdk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grantway-pack-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const pack = (...args: string[]) =>
    run(process.execPath, [PACK, ...args], { env: { ...process.env, NODE_OPTIONS: '', INIT_CWD: folder } });

  it('house: one file that needs no room of ours, and brings nothing but what runs and its types', async () => {
    const { stdout } = await pack('out');
    const file = stdout.trim();
    expect(file).toMatch(/out\/grantway-grant-sdk-[\d.]+\.tgz$/);
    const files = (await run('tar', ['-tzf', file])).stdout.trim().split('\n');
    const stranger = (name: string) =>
      !/\/dist\/[\w./-]+\.(?:js|d\.ts)$|\/package\.json$|^package\/(?:README|adr\/[\w-]+)\.md$/.test(name);
    expect(files.filter(stranger)).toEqual([]);
    for (const entry of ['index', 'contract', 'testing/index']) expect(files).toContain(`package/dist/${entry}.d.ts`);

    const manifest = JSON.parse((await run('tar', ['-xzOf', file, 'package/package.json'])).stdout);
    expect(manifest).not.toHaveProperty('private');
    expect(manifest).not.toHaveProperty('scripts');
    const ours = Object.keys(manifest.dependencies).filter((name) => name.startsWith('@grantway/'));
    expect(manifest.bundleDependencies.sort()).toEqual(ours.sort());
    for (const name of ours) expect(files).toContain(`package/node_modules/${name}/dist/index.js`);
    const index = (await run('tar', ['-xzOf', file, 'package/dist/index.js'])).stdout;
    expect(index).not.toContain('sourceMappingURL');
  });

  it('house: no link in what a team reads leads nowhere', async () => {
    const { stdout } = await pack('read');
    const file = stdout.trim();
    const files = (await run('tar', ['-tzf', file])).stdout.trim().split('\n');
    const texts = files.filter((name) => /^package\/[^/]+(?:\/[^/]+)?\.md$/.test(name));
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) {
      const content = (await run('tar', ['-xzOf', file, text])).stdout;
      const links = [...content.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) =>
        posix.join(dirname(text), link),
      );
      expect(links.filter((link) => !files.includes(link))).toEqual([]);
    }
  });

  it('house: a wrong call is exit 2, a place where nothing can be written exit 1', async () => {
    await expect(pack()).rejects.toMatchObject({ code: 2, stderr: 'npm run -s pack-sdk -- FOLDER\n' });
    await expect(pack('/dev/null/here')).rejects.toMatchObject({ code: 1, stdout: '' });
  });
});
