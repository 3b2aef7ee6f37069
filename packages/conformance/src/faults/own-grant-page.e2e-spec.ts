import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, dropDatabase, freePort, repositoryRoot } from '@grantway/local-services';
import { eventually } from '../support/eventually.js';
import { runBlocks, type Said, shellBlocks } from './support/shell.js';

/** Milliseconds; an installation, a build of everything that changed, and a whole fleet are in it. */
const PATIENCE = 240_000;

describe('docs/adding-a-grant.md, from nothing to a token', () => {
  let folder: string;
  let database: string;
  let said: Said[];

  beforeAll(async () => {
    folder = await mkdtemp(join(process.env['GRANTWAY_TEST_DIR'] ?? tmpdir(), 'reader-'));
    database = await createDatabase(process.env['GRANTWAY_TEST_DATABASE_URL'] as string, 'adding_a_grant');
    const page = await readFile(join(repositoryRoot, 'docs/adding-a-grant.md'), 'utf8');
    const [port, healthPort] = [await freePort(), await freePort()];
    said = await runBlocks(
      shellBlocks(page),
      folder,
      {
        ...{ GRANTWAY: repositoryRoot, PORT: String(port), PUBLIC_URL: `http://localhost:${port}` },
        // What `npm run dev` would keep in the clone itself.
        ...{ DATABASE_URL: database, GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') },
        ...{ HEALTH_PORT: String(healthPort), npm_config_prefer_offline: 'true' },
        ...{ npm_config_audit: 'false', npm_config_fund: 'false' },
      },
      PATIENCE,
    );
  }, PATIENCE + 30_000);

  afterAll(async () => {
    if (database) await dropDatabase(process.env['GRANTWAY_TEST_DATABASE_URL'] as string, 'adding_a_grant');
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** What the blocks with this text in them said. */
  const of = (words: string) => said.filter(({ block }) => block.includes(words)).map(({ output }) => output);

  it('house: it is created and passes its tests', () => {
    expect(of('create-grant')).toEqual([expect.stringContaining('"step-up" on the bus. Next:')]);
    expect(of('npm test')).toEqual([expect.stringContaining('The grant keeps the contract')]);
  });

  it('house: Grantway runs, and takes the environment', () => {
    expect(of('run dev >')).toEqual([expect.stringContaining('Grantway answers at http://localhost:')]);
    expect(of('apply')).toEqual([expect.stringMatching(/^team: /m)]);
  });

  it('house: it is served and shown', () => {
    const shown = '"grant_types_supported":["urn:acme:params:oauth:grant-type:step-up"]';
    expect(of('grant_types_supported')).toEqual([expect.stringContaining(shown)]);
  });

  it('house: a token; then refusals; 503 while it is away; a token again', () => {
    const [first = '', again = '', away = '', back = ''] = of('/team/as/token');
    expect(JSON.parse(first)).toMatchObject({ token_type: 'Bearer', scope: 'payments:release' });
    expect(again.match(/"invalid_grant"/g)).toHaveLength(2);
    expect(away).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*"temporarily_unavailable"/im);
    expect(back).toContain('"token_type":"Bearer"');
  });

  it('house: it is given an identity that nobody else can read', () => {
    expect(of('nats-config')).toEqual([expect.stringMatching(/^-rw------- .*grant-step-up\.nk$/m)]);
  });

  it('house: nothing of it is left running', async () => {
    const log = await readFile(join(folder, 'grantway.log'), 'utf8');
    const pids = [...log.matchAll(/^\S+ +process (\d+) /gm)].map(([, pid]) => Number(pid));
    expect(pids.length).toBeGreaterThanOrEqual(6);
    const busPort = Number(/^bus .*:(\d+)\/?$/m.exec(log)?.[1]);
    const left = async () => [
      ...pids.filter(isRunning),
      ...((await freePort(busPort)) === busPort ? [] : ['nats-server']),
    ];
    expect(await eventually(left, (those) => those.length === 0)).toEqual([]);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
