import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, dropDatabase } from '@grantway/local-services';
import { Database } from '@grantway/persistence';
import { grantway } from '../../test/run-cli.js';

const SHOP = `environment: shop
resources: [{ name: r, scopes: [{ name: r:read }, { name: r:write }, { name: r:mine, userOnly: true }] }]
clients:
  - { id: owner, auth: client_secret_basic, secret: "\${SECRET}", grantTypes: [client_credentials], scopes: [r:read, r:write, r:mine] }
  - { id: friend, auth: client_secret_basic, secret: "\${SECRET}", grantTypes: [client_credentials], scopes: [r:read] }
`;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const GOOD = ['--client', 'owner', '--scopes', 'r:read'];

const adminUrl = process.env['GRANTWAY_TEST_DATABASE_URL'] ?? '';
const part = (token: string, index: number) =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('grantway service-account, on PostgreSQL', () => {
  const name = `admin_${process.pid}_${randomBytes(4).toString('hex')}`;
  let folder: string;
  let env: Record<string, string>;
  let database: Database;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grantway-accounts-'));
    const url = await createDatabase(adminUrl, name);
    env = {
      ...{ SECRET: 'a-secret-of-some-length', PUBLIC_URL: 'https://login.example' },
      ...{ DATABASE_URL: url, GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') },
    };
    database = new Database({ url });
    const file = join(folder, 'shop.yaml');
    await writeFile(file, SHOP);
    await grantway(['migrate'], { env });
    expect(await grantway(['apply', file], { env })).toMatchObject({ code: 0, err: '' });
  });
  afterAll(async () => {
    await database.close();
    await dropDatabase(adminUrl, name);
    await rm(folder, { recursive: true });
  });

  const run = (...args: string[]) => grantway(['service-account', ...args], { env });
  const rows = async () => (await database.pool.query('SELECT * FROM service_account ORDER BY id')).rows;
  const row = async (id: string) => (await rows()).find((each) => each.id === id);

  it('S8 create prints the token once and alone; only the hash of its jti is stored', async () => {
    const { code, out, err } = await run('create', 'shop', 'night', ...GOOD, '--bindings', 'friend', '--name', 'Night');
    expect([code, out]).toEqual([0, expect.stringMatching(JWT)]);
    expect(part(out, 0)).toMatchObject({ typ: 'service-account+jwt', alg: 'ES256', kid: expect.any(String) });
    const claims = part(out, 1);
    const issuer = 'https://login.example/shop/as';
    expect(claims).toMatchObject({ iss: issuer, aud: issuer, sub: 'urn:grantway:serviceaccount:night' });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(365 * 86_400);
    const stored = await row('night');
    expect(stored).toMatchObject({
      ...{ name: 'Night', client_id: 'owner', scopes: ['r:read'], bindings: ['friend'], enabled: true, origin: 'api' },
    });
    expect(stored.jti_hash).toEqual(createHash('sha256').update(String(claims['jti'])).digest());
    expect(JSON.stringify(await rows())).not.toContain(claims['jti']);
    expect(err).toMatch(/"service_account":"night".*"msg":"service account create"/);
    expect(err).toContain('not shown again');
    for (const piece of [out, String(claims['jti'])]) expect(err).not.toContain(piece);
  });

  it('S8 regenerate makes another token the good one', async () => {
    const before = await row('night');
    const { code, out } = await run('regenerate', 'shop', 'night', '--days', '10');
    expect([code, out]).toEqual([0, expect.stringMatching(JWT)]);
    const { jti, iat, exp } = part(out, 1);
    expect(Number(exp) - Number(iat)).toBe(864_000);
    const after = await row('night');
    expect(after.version).toBeGreaterThan(before.version);
    expect(after.jti_hash).toEqual(createHash('sha256').update(String(jti)).digest());
  });

  it('S8 update changes what is said; an empty list clears; version and token stay', async () => {
    const before = await row('night');
    const scopes = ['update', 'shop', 'night', '--scopes', 'r:read, r:write', '--description', 'Books'];
    expect(await run(...scopes)).toMatchObject({ code: 0, out: 'night: updated' });
    expect(await row('night')).toMatchObject({ scopes: ['r:read', 'r:write'], bindings: ['friend'], name: 'Night' });
    expect(await run('update', 'shop', 'night', '--bindings', '', '--description', '')).toMatchObject({ code: 0 });
    const { updated_at: _at, ...after } = await row('night');
    const { updated_at: _before, ...was } = before;
    expect(after).toEqual({ ...was, scopes: ['r:read', 'r:write'], bindings: [], description: null });
    expect(await run('update', 'shop', 'night')).toEqual({ code: 0, out: 'night: nothing to change', err: '' });
  });

  it('S8 disable, enable, list and delete', async () => {
    const outs: string[] = [];
    for (const verb of ['disable', 'disable', 'list', 'enable', 'delete', 'list']) {
      const { code, out } = await run(verb, 'shop', ...(verb === 'list' ? [] : ['night']));
      expect(code).toBe(0);
      outs.push(out);
    }
    expect(outs).toEqual([
      'night: disabled',
      'night: nothing to change',
      'night "Night": client owner; scopes r:read,r:write; disabled',
      'night: enabled',
      'night: deleted',
      '',
    ]);
  });

  it('house: what is refused is one clear line, and nothing is written: exit 1', async () => {
    const before = await rows();
    expect(await run('create', 'shop', 'x', '--client', 'friend', '--scopes', 'r:write')).toEqual({
      code: 1,
      out: '',
      err: 'the client friend has no scope "r:write"',
    });
    expect(await rows()).toEqual(before);
  });

  it.each([
    [[], 'npm run grantway -- service-account …'],
    [['made-up'], 'npm run grantway -- service-account …'],
    [['disable', 'shop'], 'npm run grantway -- service-account disable ENVIRONMENT ID'],
    [['list'], 'npm run grantway -- service-account list ENVIRONMENT [--client CLIENT]'],
    [['enable', 'shop', 'x', '--days', '1'], 'npm run grantway -- service-account enable ENVIRONMENT ID'],
    [['regenerate', 'shop', 'x', '--days', '1827'], '--days takes a whole number from 1 to 1826'],
    [['regenerate', 'shop', 'x', '--days', '0'], '--days takes a whole number from 1 to 1826'],
  ])('house: %j is a wrong call: exit 2', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect([code, out, err.split('\n')[0]]).toEqual([2, '', message]);
  });

  it.each([
    [
      'another master key',
      { GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') },
      'another GRANTWAY_MASTER_KEY',
    ],
    ['no public address', { PUBLIC_URL: '' }, 'set PUBLIC_URL'],
  ])('house: with %s nothing is written: exit 3', async (_what, changed, message) => {
    const before = [await rows(), (await database.pool.query('SELECT kid FROM signing_key')).rows];
    const args = ['service-account', 'create', 'shop', 'x', ...GOOD];
    const { code, out, err } = await grantway(args, { env: { ...env, ...changed } });
    expect([code, out, err.split('\n').length]).toEqual([3, '', 1]);
    expect(err).toContain(message);
    expect([await rows(), (await database.pool.query('SELECT kid FROM signing_key')).rows]).toEqual(before);
  });
});
