import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const { PACKAGES } = require('../layers.cjs') as { PACKAGES: Record<string, string[]> };
const root = resolve(import.meta.dirname, '../../..');

let house: string;
beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'grantway-layers-'));
  for (const room of [
    ...Object.keys(PACKAGES).map((name) => `packages/${name}`),
    'apps/token',
    'apps/admin',
    'apps/standalone',
  ]) {
    const name = room.slice(room.indexOf('/') + 1);
    put(`${room}/package.json`, `{ "name": "@grantway/${name}", "type": "module", "exports": "./dist/index.js" }`);
    put(`${room}/dist/index.js`, 'export {};');
    put(`${room}/src/deep.ts`, 'export const deep = 1;');
    mkdirSync(join(house, 'node_modules/@grantway'), { recursive: true });
    symlinkSync(join(house, room), join(house, 'node_modules/@grantway', name));
  }
  for (const name of ['pg', '@prisma/client', '@nats-io/transport-node']) {
    put(`node_modules/${name}/package.json`, `{ "name": "${name}", "main": "index.js" }`);
    put(`node_modules/${name}/index.js`, '');
  }
});
afterEach(() => rmSync(house, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), text);
}

/** The rules that the house, with these files added, breaks. */
function broken(files: Record<string, string>): string[] {
  for (const [file, text] of Object.entries(files)) put(file, text);
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', join(root, 'packages/tooling/dependency-cruiser.cjs'), '--output-type', 'json'],
      ...['packages', 'apps'],
    ],
    { cwd: house, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const { violations } = JSON.parse(stdout).summary as { violations: { rule: { name: string } }[] };
  return [...new Set(violations.map(({ rule }) => rule.name))].filter((name) => name !== 'declared').sort();
}

const from =
  (room: string, file = 'a.ts') =>
  (what: string) => ({ [`${room}/src/${file}`]: `import '${what}';` });

describe('the layer rules', () => {
  it('know every row, and a row only names rooms above its own', () => {
    const rooms = Object.keys(PACKAGES);
    for (const [room, allowed] of Object.entries(PACKAGES)) {
      for (const name of allowed)
        expect([name, rooms.indexOf(name) >= 0 && rooms.indexOf(name) < rooms.indexOf(room)]).toEqual([name, true]);
    }
  });

  it('let through what the table allows', () => {
    const allowed = {
      ...from('packages/domain')('@grantway/protocol'),
      ...from('packages/persistence')('@prisma/client'),
      ...from('packages/platform')('@nats-io/transport-node'),
      ...from('packages/domain', 'a.spec.ts')('@grantway/testing'),
      ...from('apps/token')('@grantway/grants'),
      ...from('apps/standalone')('@grantway/token'),
      ...from('packages/local-services', 'b.int-spec.ts')('@nats-io/transport-node'),
    };
    expect(broken(allowed)).toEqual([]);
  });

  it.each([
    ['a room outside its row', from('packages/domain')('@grantway/persistence'), ['room-domain']],
    [
      'the same for a type alone',
      { 'packages/domain/src/a.ts': "import type { X } from '@grantway/platform';\nexport type Y = X;" },
      ['room-domain'],
    ],
    [
      'the same in a page',
      { 'packages/pages/src/a.tsx': "import '@grantway/domain';\nexport const A = () => <b>bold</b>;" },
      ['room-pages'],
    ],
    ['a deep import', from('packages/domain')('../../protocol/src/deep.js'), ['package-roots-only']],
    ['testing outside tests', from('packages/domain')('@grantway/testing'), ['room-domain']],
    ['a test outside its row', from('packages/domain', 'a.spec.ts')('@grantway/persistence'), ['room-domain-tests']],
    ['an app that imports an app', from('apps/admin')('@grantway/token'), ['app']],
    ['grants where they do not live', from('apps/admin')('@grantway/grants'), ['app']],
    ['PostgreSQL outside persistence', from('apps/admin')('pg'), ['reserved-database']],
    ['Prisma outside persistence', from('packages/domain')('@prisma/client'), ['reserved-database']],
    ['NATS outside platform', from('apps/token')('@nats-io/transport-node'), ['reserved-bus']],
    ['what does not exist', from('packages/domain')('@grantway/nowhere'), ['resolvable']],
    ['a room without a row', from('packages/attic')('@grantway/protocol'), ['room-without-row']],
    ['a cycle', { ...from('packages/domain')('./b.js'), 'packages/domain/src/b.ts': "import './a.js';" }, ['no-cycle']],
  ])('refuse %s', (_what, files, rules) => {
    expect(broken(files)).toEqual(rules);
  });
});
