import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CLI, grantway } from '../test/run-cli.js';

const DEMO = new URL('../../../deploy/environments/demo.yaml', import.meta.url).pathname;
const CANARY = 'canary-7Gq2-do-not-print';

describe('grantway', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grantway-cli-'));
    await writeFile(join(folder, 'bad.yaml'), `environment: e\nname: 1\nclients: [{ id: c, secret: ${CANARY} }]\n`);
    await writeFile(join(folder, 'good.yaml'), 'environment: good\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([[[]], [['help']], [['--help']]])('house: %j says what there is', async (args) => {
    const { code, out, err } = await grantway(args);
    expect([code, err]).toEqual([0, '']);
    for (const command of ['apply', 'check', 'migrate', 'hash-secret', 'hash-password', 'create-grant'])
      expect(out).toContain(`\n  ${command} `);
  });

  it.each([
    [
      ['apply', '--help'],
      ['npm run grantway -- apply FILE|FOLDER\n', 'bring environments to what their files say'],
    ],
    [
      ['create-grant', '-h'],
      ['create-grant NAME [FOLDER] [--sdk VERSION|FILE]\n', '  --sdk    what it depends on'],
    ],
    [
      ['nats-config', 'x', '--help'],
      ['nats-config FOLDER [--grants', '  --grants   slugs', '  --host     a grant host'],
    ],
    [
      ['service-account', 'create', '-h'],
      ['  create ENVIRONMENT ID --client CLIENT', '  delete ENVIRONMENT ID'],
    ],
  ])('house: %j says how it is called, and does nothing', async (args, parts) => {
    const { code, out, err } = await grantway(args, { cwd: folder });
    expect([code, err]).toEqual([0, '']);
    for (const part of parts) expect(out).toContain(part);
    expect((await readdir(folder)).sort()).toEqual(['bad.yaml', 'good.yaml']);
  });

  it('house: the row of create-grant shows its options', async () => {
    expect((await grantway(['help'])).out).toContain('\n  create-grant NAME [FOLDER] [--sdk VERSION|FILE] ');
  });

  it('house: a reader who has heard enough is no trouble', async () => {
    const child = spawn(process.execPath, [CLI, 'nats-config', join(folder, 'bus')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect([code, err]).toEqual([0, '']);
    expect(await readdir(join(folder, 'bus'))).toContain('nats-users.conf');
    await rm(join(folder, 'bus'), { recursive: true });
  });

  it.each([
    [['aply', 'x.yaml'], 'There is no command "aply".'],
    [['apply'], 'npm run grantway -- apply FILE|FOLDER'],
    [['check', 'a', 'b'], 'npm run grantway -- check FILE|FOLDER'],
    [['migrate', 'now'], 'npm run grantway -- migrate'],
  ])('house: %j is a wrong call: exit 2', async (args, message) => {
    const { code, out, err } = await grantway(args);
    expect([code, out, err.split('\n')[0]]).toEqual([2, '', message]);
  });

  it('house: check says what is in order, without a database', async () => {
    expect(await grantway(['check', DEMO])).toEqual({
      code: 0,
      out: expect.stringMatching(/^demo: in order, \d+ resources?, \d+ clients, 2 users/),
      err: '',
    });
  });

  it.each([['check'], ['apply']])(
    'house: %s lists what is wrong with a file, and no secret: exit 1',
    async (command) => {
      const file = join(folder, 'bad.yaml');
      const { code, out, err } = await grantway([command, file]);
      expect([code, out]).toEqual([1, '']);
      expect(err.split('\n')).toEqual([
        `${file}:2:7 name: must be a text of at most 64 characters, not a number; put it in quotes`,
        `${file}:3:11 clients[0]: lacks the key "auth": one of none, client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt`,
        `${file}:3:11 clients[0]: a client with authorization_code needs redirectUris`,
        `${file}:3:28 clients[0].secret: must be a reference \${NAME}: a secret in the file itself is allowed only with demo: true`,
      ]);
    },
  );

  it('house: one bad file of a folder is enough', async () => {
    const { code, err } = await grantway(['check', folder]);
    expect(code).toBe(1);
    expect(err).not.toContain('good.yaml');
  });

  it.each([
    ['without an installation', {}, 'No database: start Grantway (npm start) or set DATABASE_URL'],
    [
      'with an address that is none',
      { DATABASE_URL: 'localhost:5432' },
      'DATABASE_URL must be a URL that begins with postgresql://',
    ],
    [
      'without a key',
      { DATABASE_URL: 'postgresql://127.0.0.1:1/x' },
      'No master key: set GRANTWAY_MASTER_KEY to the one the services use',
    ],
    [
      'with a broken key',
      { DATABASE_URL: 'postgresql://127.0.0.1:1/x', GRANTWAY_MASTER_KEY: CANARY },
      'GRANTWAY_MASTER_KEY must be 32 bytes in base64url',
    ],
    [
      'with nobody at the address',
      { DATABASE_URL: `postgresql://u:${CANARY}@127.0.0.1:1/x`, GRANTWAY_MASTER_KEY: 'A'.repeat(43) },
      'PostgreSQL cannot be reached: nothing listens there',
    ],
  ])('house: apply %s is one clear line: exit 3', async (_what, env, message) => {
    expect(await grantway(['apply', DEMO], { env, cwd: folder })).toEqual({ code: 3, out: '', err: message });
  });

  it('house: migrate with nobody at the address is one clear line: exit 3', async () => {
    const env = { DATABASE_URL: `postgresql://u:${CANARY}@127.0.0.1:1/x` };
    expect(await grantway(['migrate'], { env })).toEqual({
      code: 3,
      out: '',
      err: 'PostgreSQL cannot be reached: nothing listens there',
    });
  });

  it('house: a file that does not exist: exit 1', async () => {
    expect(await grantway(['check', '/nowhere.yaml'])).toEqual({
      code: 1,
      out: '',
      err: 'there is no file or folder /nowhere.yaml',
    });
  });

  describe('hash-secret and hash-password', () => {
    it.each([[CANARY], [`${CANARY}\n`], [`${CANARY}\r\n`]])(
      'house: hash-secret of %j is the SHA-256 of the secret alone',
      async (input) => {
        const digest = createHash('sha256').update(CANARY).digest('base64url');
        expect(await grantway(['hash-secret'], { input })).toEqual({ code: 0, out: `sha256:${digest}`, err: '' });
      },
    );

    it('house: what they print is what a file takes', async () => {
      const secretHash = (await grantway(['hash-secret'], { input: CANARY })).out;
      const passwordHash = (await grantway(['hash-password'], { input: 'correct horse' })).out;
      const file = join(folder, 'hashes.yml');
      await writeFile(
        file,
        `environment: h\nclients:\n  - { id: c, auth: client_secret_basic, secretHash: "${secretHash}", grantTypes: [client_credentials] }\n` +
          `users:\n  - username: ada\n    passwordHash: ${passwordHash}\n`,
      );
      expect(await grantway(['check', file])).toEqual({
        code: 0,
        out: 'h: in order, 0 resources, 1 client, 1 user',
        err: '',
      });
    });

    it.each([
      ['', 'nothing came on standard input'],
      ['short', 'the secret is shorter than 16 characters'],
      [`${CANARY}é`, 'the secret has a character that is not printable ASCII, such as a line break'],
    ])('house: hash-secret refuses %j: exit 1', async (input, message) => {
      expect(await grantway(['hash-secret'], { input })).toEqual({ code: 1, out: '', err: message });
    });
  });
});
