import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { grantway } from './support/admin.js';
import { CachingVerifier } from './support/caching-verifier.js';
import { INACTIVE, told } from './support/companions.js';
import { Storage } from './support/database.js';
import { ADA, type EnvironmentFile, SECRET, Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { everywhere } from './support/everywhere.js';
import { exchange, ownToken, subject, withExchange } from './support/exchange.js';
import { request } from './support/http.js';

/** The shortest announcement that lets anybody cache: two seconds, after all that may be out of date on our side (330 s). */
const ANNOUNCED = 332;
/** Of these, as many seconds as nothing of ours is out of date while this runs. They are let go by in the database. */
const SKIPPED = 325;

describe('key rotation, design section 6', () => {
  const storage = new Storage();
  afterAll(() => storage.close());

  const short = (file: EnvironmentFile) => {
    file.signing = { announceFor: ANNOUNCED, rotateEvery: 0 };
    for (const resource of file.resources ?? []) resource.introspectionSecret = SECRET;
  };
  const keys = (tenant: Tenant, verb: string, ...args: string[]) => grantway('keys', verb, tenant.id, ...args);
  const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';
  const published = async (tenant: Tenant) =>
    (await request(`${tenant.issuer}/jwks`)).json<JSONWebKeySet>().keys.map(({ kid }) => kid);
  const states = async (tenant: Tenant) => (await keys(tenant, 'list')).match(/announced|active|retiring|retired/g);
  /** Time goes by for the keys of one environment. */
  const elapse = (tenant: Tenant, seconds: number) =>
    storage.rows(
      `UPDATE signing_key
       SET created_at = created_at - make_interval(secs => $2), activated_at = activated_at - make_interval(secs => $2),
           keep_until = keep_until - make_interval(secs => $2)
       WHERE environment_id = $1 AND state <> 'retired'`,
      [tenant.id, seconds],
    );

  it('I8 JW-07 recipe 19 keys change under load, and no verifier that caches the key set ever fails', async () => {
    const tenant = await Tenant.create(short);
    const [web, service] = [tenant.app(), tenant.app('service')];
    const verifiers = Array.from({ length: 3 }, () => new CachingVerifier(tenant.issuer));
    const verify = async (token: string) => void (await Promise.all(verifiers.map((each) => each.verify(token))));
    let { refresh_token, access_token: first } = await web.tokens(ADA);
    const inactive: string[] = [];
    let over = false;
    const machine = async () => {
      while (!over) {
        const token = await ownToken(service);
        await verify(token);
        // I2: on whichever replica answers.
        if ((await told(tenant, 'orders', token))['active'] !== true) inactive.push(kidOf(token));
        await sleep(60);
      }
    };
    const person = async () => {
      while (!over) {
        const answer = await web.refresh(refresh_token);
        const tokens = answer.json<{ refresh_token: string; id_token: string; access_token: string }>();
        ({ refresh_token } = tokens);
        for (const token of [tokens.id_token, tokens.access_token]) await verify(token);
        await sleep(120);
      }
    };
    const load = Promise.all([machine(), machine(), person()]);
    for (let rotation = 1; rotation <= 3; rotation++) {
      expect((await keys(tenant, 'rotate')).match(/announced; signs from/g)).toHaveLength(2);
      await elapse(tenant, SKIPPED);
      await eventually(
        () => states(tenant),
        (all) => all?.filter((state) => state === 'retiring').length === rotation * 2,
        40,
      );
      // Both algorithms have to be seen with the new key.
      const seen = verifiers[0]?.verified ?? 0;
      await eventually(
        async () => verifiers[0]?.verified ?? 0,
        (verified) => verified > seen + 20,
      );
    }
    over = true;
    await load;

    expect(verifiers.flatMap(({ failures }) => failures)).toEqual([]);
    expect(inactive).toEqual([]);
    for (const { kids } of verifiers) expect(kids.size).toBe(8);
    expect(await states(tenant)).toHaveLength(8);
    expect(await published(tenant)).toHaveLength(8);
    expect((await web.userInfo(first)).status).toBe(200);
    const sealed = await storage.rows<{ state: string; sealed: boolean }>(
      'SELECT DISTINCT state, octet_length(private_key) > 0 AS sealed FROM signing_key WHERE environment_id = $1',
      [tenant.id],
    );
    expect(sealed).toEqual(
      expect.arrayContaining([
        { state: 'active', sealed: true },
        { state: 'retiring', sealed: false },
      ]),
    );
    expect(sealed).toHaveLength(2);
  }, 150_000);

  it('JW-07 I8 a key that signs no more is published until all it signed has expired; then it is no key any more', async () => {
    const tenant = await Tenant.create(short);
    const token = await ownToken(tenant.app('service'));
    await keys(tenant, 'rotate', '--algorithm', 'ES256');
    await elapse(tenant, ANNOUNCED);
    await eventually(
      () => states(tenant),
      (all) => all?.includes('retiring') ?? false,
      30,
    );
    expect(await told(tenant, 'orders', token)).toMatchObject({ active: true });
    // An hour for the token, what verifiers forgive, and what a key is kept ahead.
    await elapse(tenant, 3_600);
    await sleep(200);
    expect(await published(tenant)).toContain(kidOf(token));
    await elapse(tenant, 6 * 3_600 + 600);
    await eventually(
      () => states(tenant),
      (all) => all?.includes('retired') ?? false,
      30,
    );
    await eventually(
      () => published(tenant),
      (kids) => !kids.includes(kidOf(token)),
    );
    await everywhere(
      () => told(tenant, 'orders', token),
      (answer) => answer['active'] === false,
    );
    expect(await told(tenant, 'orders', token)).toEqual(INACTIVE);
    expect(await published(tenant)).toHaveLength(2);
  }, 150_000);

  it('I8 by schedule: of all replicas one announces the next key, before the time of the one that signs is over', async () => {
    const tenant = await Tenant.create((file) => {
      short(file);
      file.signing = { announceFor: ANNOUNCED, rotateEvery: 86_400 };
    });
    await elapse(tenant, 86_400 - ANNOUNCED);
    await eventually(
      () => states(tenant),
      (all) => all?.length === 4,
      30,
    );
    expect((await states(tenant))?.toSorted()).toEqual(['active', 'active', 'announced', 'announced']);
    await eventually(
      () => published(tenant),
      (kids) => kids.length === 4,
    );
  }, 60_000);

  it('JW-07 recipe 19 a stolen key: what it signed is worthless everywhere, and what comes next is good at once', async () => {
    const tenant = await Tenant.create((file) => {
      withExchange(file);
      short(file);
    });
    const [web, backend] = [tenant.app(), tenant.app('backend')];
    const { access_token: stolen, refresh_token } = await web.tokens(ADA, {
      scope: 'openid offline_access orders:read',
    });
    const swap = () => exchange(backend, subject(stolen));
    expect([await told(tenant, 'orders', stolen), (await swap()).status]).toMatchObject([{ active: true }, 200]);
    await expect(keys(tenant, 'remove', kidOf(stolen))).rejects.toThrow('worthless');
    expect(await told(tenant, 'orders', stolen)).toMatchObject({ active: true });

    const said = await keys(tenant, 'remove', kidOf(stolen), '--yes');
    expect(said).toContain('active in its place');
    // I2: a replica that has not heard of the new key looks for it.
    const fresh = await ownToken(tenant.app('service'));
    for (let times = 0; times < 8; times++) expect(await told(tenant, 'orders', fresh)).toMatchObject({ active: true });
    await everywhere(
      () => told(tenant, 'orders', stolen),
      (answer) => answer['active'] === false,
    );
    expect(await told(tenant, 'orders', stolen)).toEqual(INACTIVE);
    expect([(await web.userInfo(stolen)).status, (await swap()).error]).toEqual([401, 'invalid_request']);
    await eventually(
      () => published(tenant),
      (kids) => !kids.includes(kidOf(stolen)) && kids.includes(kidOf(fresh)),
    );
    const again = (await web.refresh(refresh_token)).json<{ access_token: string }>().access_token;
    expect(await told(tenant, 'orders', again)).toMatchObject({ active: true });
    expect(said).toContain(kidOf(again));
    await expect(keys(tenant, 'remove', kidOf(stolen), '--yes')).rejects.toThrow('no key');
  }, 60_000);
});
