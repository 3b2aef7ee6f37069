import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MasterKey, SecretBox } from '@grantway/domain';
import { createDatabase, dropDatabase } from '@grantway/local-services';
import { Database } from '@grantway/persistence';
import { parse, stringify } from 'yaml';
import { ACCOUNTS, EVERY_GRANT, KEYED, SIGNER } from '../test/every-grant.js';
import { grantway } from '../test/run-cli.js';

const DEMO = new URL('../../../deploy/environments/demo.yaml', import.meta.url).pathname;
const SHOP = `environment: shop
resources: [{ name: r, scopes: [{ name: r:read }] }]
clients:
  - id: web
    auth: client_secret_basic
    secret: \${WEB_SECRET}
    redirectUris: [https://shop.example/cb]
users: [{ username: ada, password: "\${ADA_PASSWORD}" }]
`;

const adminUrl = process.env['GRANTWAY_TEST_DATABASE_URL'] ?? '';
const secrets = { WEB_SECRET: 'canary-secret-of-web', ADA_PASSWORD: 'canary-password-of-ada' };

describe('grantway apply, on PostgreSQL', () => {
  const name = `admin_${process.pid}_${randomBytes(4).toString('hex')}`;
  const heard: string[] = [];
  let folder: string;
  let env: Record<string, string>;
  let database: Database;
  let stopListening: () => void;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grantway-apply-'));
    const url = await createDatabase(adminUrl, name);
    env = { ...secrets, DATABASE_URL: url, GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') };
    database = new Database({ url });
  });
  afterAll(async () => {
    stopListening?.();
    await database.close();
    await dropDatabase(adminUrl, name);
    await rm(folder, { recursive: true });
  });

  const write = async (file: string, text: string) => {
    await writeFile(join(folder, file), text);
    return join(folder, file);
  };
  const apply = (path: string, more: Record<string, string> = {}) =>
    grantway(['apply', path], { env: { ...env, ...more } });
  const rows = async (table: string, environment: string) =>
    (await database.pool.query(`SELECT * FROM ${table} WHERE environment_id = $1 ORDER BY 2`, [environment])).rows;
  const everything = async () => {
    const tables = ['environment', 'resource', 'client', 'directory_user', 'signing_key', 'service_account'];
    return Promise.all(
      tables.map(async (table) => (await database.pool.query(`SELECT * FROM ${table} ORDER BY 1, 2`)).rows),
    );
  };
  /** What was announced since the last time. */
  const announced = async () => {
    await sleep(100);
    return heard.splice(0);
  };

  it('house: says what to do about an empty database', async () => {
    expect(await apply(DEMO)).toEqual({
      code: 3,
      out: '',
      err: 'the database lacks tables: npm run grantway -- migrate',
    });
  });

  it('house: migrate makes the tables, and then has nothing to do', async () => {
    const first = await grantway(['migrate'], { env });
    expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^applied \d/) });
    expect(await grantway(['migrate'], { env })).toEqual({ code: 0, out: 'nothing to apply', err: '' });
    const ear = await database.pool.connect();
    ear.on('notification', ({ payload }) => void heard.push(payload ?? ''));
    await ear.query('LISTEN grantway_config');
    stopListening = () => ear.release(true);
  });

  it('house: creates the demo environment with its keys', async () => {
    const { code, out, err } = await apply(DEMO);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^demo: created environment demo, resource orders, .*client playground, .*client service, client web, .*user \S+, user \S+, .*signing key \S+, signing key \S+$/,
    );
    const keys = await rows('signing_key', 'demo');
    expect(keys.map(({ algorithm, state }) => `${algorithm} ${state}`).sort()).toEqual([
      'ES256 active',
      'RS256 active',
    ]);
    expect(await announced()).not.toEqual([]);
  });

  it('house: a second time it changes and announces nothing', async () => {
    const before = await everything();
    expect(await apply(DEMO)).toEqual({ code: 0, out: 'demo: nothing to change', err: '' });
    expect(await everything()).toEqual(before);
    expect(await announced()).toEqual([]);
  });

  it('house: an edit changes just what was edited', async () => {
    const text = await readFile(DEMO, 'utf8');
    const edited = await write('edited.yaml', text.replace('name: Order Service', 'name: Orders, renamed'));
    const [, resources, clients, users, keys] = await everything();
    expect(await apply(edited)).toEqual({ code: 0, out: 'demo: updated client service', err: '' });
    const [, resourcesNow, clientsNow, usersNow, keysNow] = await everything();
    expect([resourcesNow, usersNow, keysNow]).toEqual([resources, users, keys]);
    const others = (list: { id: string }[] = []) => list.filter(({ id }) => id !== 'service');
    expect(others(clientsNow)).toEqual(others(clients));
    expect(await announced()).not.toEqual([]);
  });

  it('house: what the file no longer names is removed, people excepted', async () => {
    const demo = parse(await readFile(DEMO, 'utf8'));
    const clients = demo.clients.filter(({ id }: { id: string }) => id !== 'web');
    const shorter = await write('shorter.yaml', stringify({ ...demo, clients }));
    const users = await rows('directory_user', 'demo');
    const { code, out } = await apply(shorter);
    expect(code).toBe(0);
    expect(out).toBe('demo: updated client service; removed client web');
    expect(await rows('directory_user', 'demo')).toEqual(users);
    await announced();
  });

  it('house: a file with a fault changes nothing', async () => {
    const before = await everything();
    const faulty = await write('faulty.yaml', (await readFile(DEMO, 'utf8')).replace('auth: none', 'auth: nobody'));
    expect(await apply(faulty)).toMatchObject({ code: 1, out: '' });
    expect(await everything()).toEqual(before);
    expect(await announced()).toEqual([]);
  });

  it('house: a folder with one faulty file changes nothing', async () => {
    await mkdir(join(folder, 'many'));
    await write('many/a-good.yaml', SHOP);
    await write('many/b-bad.yaml', 'environment: other\nclients: 3');
    const before = await everything();
    expect(await apply(join(folder, 'many'))).toMatchObject({ code: 1, out: '' });
    expect(await everything()).toEqual(before);
    await write('many/b-bad.yaml', 'environment: other');
    const { code, out } = await apply(join(folder, 'many'));
    expect([code, out.split('\n').map((line) => line.split(':')[0])]).toEqual([0, ['shop', 'other']]);
  });

  it('house: neither secret nor password is stored or printed', async () => {
    const { out, err } = await apply(join(folder, 'many/a-good.yaml'));
    const stored = JSON.stringify(await everything());
    for (const text of [out, err, stored]) expect(text).not.toContain('canary');
    expect(await rows('client', 'shop')).toEqual([
      expect.objectContaining({ secret_hashes: [expect.stringMatching(/^hs256:/)] }),
    ]);
  });

  it('house: another secret in the variable is a change, the same secret as its SHA-256 is none', async () => {
    const shop = join(folder, 'many/a-good.yaml');
    expect((await apply(shop, { WEB_SECRET: 'another secret of web' })).out).toBe('shop: updated client web');
    const { out: hash } = await grantway(['hash-secret'], { input: 'another secret of web' });
    const hashed = await write('hashed.yaml', SHOP.replace('secret: ${WEB_SECRET}', `secretHash: ${hash}`));
    expect((await apply(hashed)).out).toBe('shop: nothing to change');
  });

  it('house: under another master key nothing is changed', async () => {
    const before = await everything();
    const { code, err } = await apply(DEMO, { GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url') });
    expect([code, err]).toEqual([
      3,
      'The keys of demo were sealed with another GRANTWAY_MASTER_KEY; nothing was changed',
    ]);
    expect(await everything()).toEqual(before);
  });

  it('TX-03: a client with the id of a stored user is refused', async () => {
    const [ada] = await rows('directory_user', 'shop');
    const clash = await write('clash.yaml', SHOP.replace('id: web', `id: ${ada?.id}`).replace(/users:.*\n/, ''));
    expect(await apply(clash)).toEqual({
      code: 1,
      out: '',
      err: `shop: ${ada?.id} is the id of a client and of a user`,
    });
  });

  it('house: finds the installation a running npm start left in its data folder', async () => {
    const data = join(folder, 'data');
    await mkdir(data);
    await write('data/master.key', `${env['GRANTWAY_MASTER_KEY']}\n`);
    await write('data/database.url', `${env['DATABASE_URL']}\n`);
    const outcome = await grantway(['apply', join(folder, 'many/b-bad.yaml')], { env: { GRANTWAY_DATA: data } });
    expect(outcome).toEqual({ code: 0, out: 'other: nothing to change', err: '' });
  });

  describe('what the grants beside the first three need', () => {
    const variables = { SIGNING_SECRET: 'canary-secret-that-keys-JWTs-of-32', ADA_CODE: 'canary-4711' };
    const applyEvery = async (text: string, more: Record<string, string> = {}) =>
      apply(await write('every.yaml', text), { ...variables, ...more });
    const signer = async () => (await rows('client', 'every')).find(({ id }) => id === 'signer');
    const opened = async () => {
      const box = new SecretBox(MasterKey.parse(env['GRANTWAY_MASTER_KEY'] ?? '').derive('sealed-secret'));
      return box.open(Buffer.from((await signer()).sealed_secret, 'base64url'), 'every/signer');
    };
    const all = EVERY_GRANT(`${SIGNER}\n${KEYED}`, ACCOUNTS);

    it('house: is stored, every key of it', async () => {
      const { code, out, err } = await applyEvery(all);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('client signer, client keyed, user ');
      expect(out).toContain('service account nightly, service account hourly');
      const [environment] = (await database.pool.query(`SELECT * FROM environment WHERE id = 'every'`)).rows;
      expect(environment).toMatchObject({
        par: 'required',
        outbound: { privateAddresses: true },
        user_code: { characters: 'letters', length: 6 },
        accounts: { recovery: true, registration: false, messagesUrl: 'http://127.0.0.1:9/messages' },
        lifetimes: { par: 90, deviceInterval: 1, deviceCode: 600 },
      });
      expect(await signer()).toMatchObject({
        auth_method: 'client_secret_jwt',
        response_types: ['code', 'code id_token'],
        post_logout_redirect_uris: ['https://c.example/bye'],
        keys: null,
        device: { pathId: 'tv', interval: 1, refresh: false },
        backchannel: { delivery: 'ping', notificationEndpoint: 'http://127.0.0.1:9/ping' },
      });
      expect(await rows('client', 'every')).toMatchObject([
        { id: 'keyed', keys: { jwks: { keys: [{ kty: 'OKP' }] } }, sealed_secret: null, secret_hashes: [] },
        { id: 'signer' },
      ]);
      expect(await rows('resource', 'every')).toMatchObject([
        {
          access_token_format: 'opaque',
          introspection_secret_hashes: [expect.stringMatching(/^hs256:/)],
          may_act: { client_id: 'signer' },
        },
      ]);
      expect(await rows('directory_user', 'every')).toMatchObject([
        { must_change_password: true, user_code_hash: expect.stringMatching(/^\$argon2id/) },
      ]);
      expect(await rows('service_account', 'every')).toMatchObject([
        { id: 'hourly', origin: 'file', client_id: 'signer', bindings: [] },
        { id: 'nightly', origin: 'file', scopes: ['r:read'], bindings: ['keyed'] },
      ]);
    });

    it('house: a second time it changes nothing, though a seal is another one each time', async () => {
      const before = await everything();
      expect(await applyEvery(all)).toEqual({ code: 0, out: 'every: nothing to change', err: '' });
      expect(await everything()).toEqual(before);
    });

    it('house: the secret that keys JWTs can be read again with the master key, and changes with the file', async () => {
      expect(await opened()).toBe(variables.SIGNING_SECRET);
      const other = `${variables.SIGNING_SECRET}-another`;
      const { out } = await applyEvery(all, { SIGNING_SECRET: other });
      expect(out).toBe('every: updated resource r, client signer');
      expect(await opened()).toBe(other);
    });

    it('HT-06 no secret is stored in clear or printed', async () => {
      const { out, err } = await applyEvery(all);
      for (const text of [out, err, JSON.stringify(await everything())]) expect(text).not.toContain('canary');
    });

    it('house: service accounts the file no longer names are removed', async () => {
      const shorter = all.slice(0, all.lastIndexOf('\n'));
      expect((await applyEvery(shorter)).out).toBe('every: removed service account hourly');
      expect(await rows('service_account', 'every')).toMatchObject([{ id: 'nightly' }]);
    });
  });

  it('house: four at once leave what one would have left', async () => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => apply(DEMO)));
    expect(outcomes.map(({ code, err }) => [code, err])).toEqual(Array.from({ length: 4 }, () => [0, '']));
    expect((await apply(DEMO)).out).toBe('demo: nothing to change');
    expect(await rows('signing_key', 'demo')).toHaveLength(2);
  });
});
