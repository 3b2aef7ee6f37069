import {
  ClientAuthenticator,
  ClientSecretBasicMethod,
  ClientSecretHasher,
  ClientSecretPostMethod,
  NoneMethod,
} from '@grantway/client-auth';
import type { HttpCall, JsonReply } from '@grantway/contracts';
import {
  type Client,
  DEVICE_STARTS,
  type DevicePolicy,
  type Environment,
  type NewDeviceAuthorization,
  UserCodes,
} from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import { GrantType } from '@grantway/protocol';
import {
  aClient,
  anAuthorization,
  anEnvironment,
  aPost,
  aPublicClient,
  aResource,
  MemoryStores,
} from '@grantway/testing';
import { DeviceConfig } from '../device.config.js';
import { DeviceAuthorizationEndpoint } from './device-authorization-endpoint.js';

const ISSUER = 'https://login.example/acme/as';
const CHALLENGE = 'c'.repeat(43);
const hasher = new ClientSecretHasher(Buffer.alloc(32, 1));
const grantTypes = [GrantType.DeviceCode, GrantType.RefreshToken];
const enabled = anEnvironment({ grantTypes });

interface Known {
  readonly device?: Partial<DevicePolicy>;
  readonly client?: Partial<Client>;
  readonly environment?: Partial<Environment>;
  readonly below?: (limit: number) => number;
}

/** The endpoint over memory stores, with a television and a console that has a secret. */
function house({ device = {}, client = {}, environment = {}, below }: Known = {}) {
  const stores = new MemoryStores();
  stores.resources.add(aResource());
  stores.clients.add(
    aPublicClient({ id: 'tv', grantTypes, device: { refresh: false, ...device }, ...client }),
    aClient({ id: 'console', grantTypes, secretHashes: [hasher.hash('s3cret')] }),
  );
  const methods = [new ClientSecretBasicMethod(hasher), new ClientSecretPostMethod(hasher), new NoneMethod()];
  const codes = new UserCodes(Buffer.alloc(32, 2), below);
  const endpoint = new DeviceAuthorizationEndpoint(
    Object.assign(new DeviceConfig(), { publicUrl: 'https://login.example' }),
    new ClientAuthenticator(methods, stores.clients, stores.attempts),
    stores.resources,
    stores.devices,
    stores.attempts,
    codes,
    new EventLog(createLogger('test', 'silent')),
  );
  const tenant = { ...enabled, ...environment };
  const call = async (sent: HttpCall) => (await endpoint.start(sent, tenant, ISSUER)) as JsonReply;
  const start = (form: Record<string, string> = {}) =>
    call(aPost({ client_id: 'tv', scope: 'openid orders:read', ...form }));
  const find = (userCode: string) =>
    stores.devices.findByUserCode('acme', codes.hash('acme', codes.canonical(userCode)));
  const started: NewDeviceAuthorization[] = [];
  const { devices } = stores;
  const begin = devices.start.bind(devices);
  devices.start = (request, most) => {
    started.push(request);
    return begin(request, most);
  };
  return { stores, call, start, find, started };
}

const bodyOf = ({ body }: JsonReply) => body as Record<string, string>;
const codeOf = (reply: JsonReply) => [reply.status, bodyOf(reply)['error']];

describe('device authorization endpoint, RFC 8628', () => {
  it('§3.2 a device gets all it has to show, and nobody may keep it', async () => {
    const { start, find } = house();
    const reply = await start();
    expect(reply).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' } });
    const { device_code, user_code = '', ...rest } = bodyOf(reply);
    expect(device_code).toMatch(/^gwdc_/);
    expect(user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    expect(rest).toEqual({
      verification_uri: 'https://login.example/acme/device',
      verification_uri_complete: `https://login.example/acme/device?user_code=${user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(await find(user_code)).toMatchObject({ clientId: 'tv', scope: ['openid', 'orders:read'], resources: [] });
    expect(await find(user_code.replace('-', '').toLowerCase())).toBeDefined();
  });

  it.each([
    ['the client’s', { lifetime: 90, interval: 2 }, [90, 2]],
    ['the environment’s', {}, [600, 5]],
  ])('D10 lifetime and interval are %s', async (_whose, device, expected) => {
    const { expires_in, interval } = bodyOf(await house({ device }).start());
    expect([expires_in, interval]).toEqual(expected);
  });

  it('DV-01 a short format of codes is open for five minutes at most', async () => {
    const { start } = house({ environment: { userCode: { characters: 'letters', length: 6 } } });
    const { expires_in, user_code } = bodyOf(await start());
    expect([expires_in, user_code]).toEqual([300, expect.stringMatching(/^[A-Z]{6}$/)]);
  });

  it.each([
    ['D1 the client is unknown', { client_id: 'nobody' }, [401, 'invalid_client']],
    ['D1 no client is named', { client_id: '' }, [401, 'invalid_client']],
    ['DV-07 a confidential client brings no secret', { client_id: 'console' }, [401, 'invalid_client']],
    ['DV-07 its secret is wrong', { client_id: 'console', client_secret: 'wrong' }, [401, 'invalid_client']],
    ['D1 the scope is unknown', { scope: 'openid nonsense' }, [400, 'invalid_scope']],
    ['D1 the scope is not the client’s', { scope: 'address' }, [400, 'invalid_scope']],
    ['D1 the scope is malformed', { scope: 'open"id' }, [400, 'invalid_scope']],
    ['RFC 6749 §3.3 there is no scope, and no default', { scope: '' }, [400, 'invalid_scope']],
    ['RFC 8707 §2 the resource is unknown', { resource: 'https://nobody.example' }, [400, 'invalid_target']],
    ['DV-08 a challenge without a method', { code_challenge: CHALLENGE }, [400, 'invalid_request']],
    ['DV-08 a method without a challenge', { code_challenge_method: 'S256' }, [400, 'invalid_request']],
    ['DV-08 plain', { code_challenge: CHALLENGE, code_challenge_method: 'plain' }, [400, 'invalid_request']],
    [
      'DV-08 a malformed challenge',
      { code_challenge: 'short', code_challenge_method: 'S256' },
      [400, 'invalid_request'],
    ],
  ])('%s: refused, and kept by nobody', async (_rule, form, expected) => {
    const { call, start, started } = house();
    const reply = await start(form);
    expect([...codeOf(reply), started.length]).toEqual([...expected, 0]);
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect((await call(aPost({ client_id: 'tv', scope: 'openid' }))).status).toBe(200);
    expect(started).toHaveLength(1);
  });

  it.each(['client_id', 'scope', 'code_challenge', 'user_code'])('X6 %s is repeated', async (name) => {
    const { call } = house();
    const form = { client_id: ['tv'], scope: ['openid'] };
    const twice = { ...form, [name]: ['tv', 'tv'] };
    expect(codeOf(await call({ ...aPost({}), form: twice }))).toEqual([400, 'invalid_request']);
    expect((await call({ ...aPost({}), form })).status).toBe(200);
  });

  it('RFC 8707 §2 resource may repeat, and an empty one is none', async () => {
    const { call, find } = house();
    const audience = 'https://orders.example';
    const form = { client_id: ['tv'], scope: ['openid orders:read'], resource: [audience, '', audience] };
    const { user_code = '' } = bodyOf(await call({ ...aPost({}), form }));
    expect((await find(user_code))?.resources).toEqual([audience, audience]);
  });

  it('RFC 6749 §5.2 a client that tried Basic is told which scheme to use', async () => {
    const { call } = house();
    const authorization = `Basic ${Buffer.from('console:wrong').toString('base64')}`;
    const basic = await call(aPost({ scope: 'openid' }, { authorization }));
    expect(basic.headers).toMatchObject({ 'www-authenticate': 'Basic realm="acme", charset="UTF-8"' });
    expect((await call(aPost({ client_id: 'nobody' }))).headers).not.toHaveProperty('www-authenticate');
    const right = `Basic ${Buffer.from('console:s3cret').toString('base64')}`;
    expect((await call(aPost({ scope: 'openid' }, { authorization: right }))).status).toBe(200);
  });

  it.each([
    ['the environment', { environment: { grantTypes: [GrantType.AuthorizationCode] } }],
    ['the client', { client: { grantTypes: [GrantType.AuthorizationCode] } }],
  ])('D1 off for %s: unauthorized_client', async (_whose, known) => {
    expect(codeOf(await house(known).start())).toEqual([400, 'unauthorized_client']);
  });

  it.each([
    [true, ['openid', 'offline_access']],
    [false, ['openid']],
  ])('design §7 with refresh %s offline_access is asked for, or not', async (refresh, scope) => {
    const { start, find } = house({ device: { refresh } });
    const { user_code = '' } = bodyOf(await start({ scope: 'openid offline_access' }));
    expect((await find(user_code))?.scope).toEqual(scope);
  });

  it('DV-08 the challenge is kept for the poll', async () => {
    const { start, find, stores } = house();
    const { device_code = '', user_code = '' } = bodyOf(
      await start({ code_challenge: CHALLENGE, code_challenge_method: 'S256' }),
    );
    const { id = '' } = (await find(user_code)) ?? {};
    await stores.devices.decide('acme', id, anAuthorization());
    expect(await stores.devices.poll('acme', device_code, 'tv')).toMatchObject({ codeChallenge: CHALLENGE });
  });

  it('D9 a user code that is taken is drawn again', async () => {
    let drawn = 0;
    // Eight characters a code: the first two codes are the same.
    const below = () => (drawn++ < 16 ? 0 : 1);
    const { start } = house({ below });
    const codes = [bodyOf(await start())['user_code'], bodyOf(await start())['user_code']];
    expect(codes).toEqual(['BBBB-BBBB', 'CCCC-CCCC']);
  });

  it('D9 when every draw is taken it is refused, and works again once one is free', async () => {
    const { start, stores } = house({ below: () => 0 });
    expect((await start()).status).toBe(200);
    expect(codeOf(await start())).toEqual([429, 'too_many_requests']);
    stores.clock.elapse(601);
    expect((await start()).status).toBe(200);
  });

  it('DV-07 the 1001st open request of a client is refused, and says when to come back', async () => {
    const { start, call, stores } = house();
    const somewhere = (n: number) =>
      call(aPost({ client_id: 'tv', scope: 'openid' }, { ip: `198.51.${n >> 8}.${n & 255}` }));
    for (let times = 0; times < 1_000; times++) expect((await somewhere(times)).status).toBe(200);
    const reply = await start();
    expect(codeOf(reply)).toEqual([429, 'too_many_requests']);
    expect(Number(reply.headers?.['retry-after'])).toBeGreaterThan(0);
    const other = aPost({ client_id: 'console', client_secret: 's3cret', scope: 'openid' });
    expect(codeOf(await call(other))).toEqual([401, 'invalid_client']);
    const authorization = `Basic ${Buffer.from('console:s3cret').toString('base64')}`;
    expect((await call(aPost({ scope: 'openid' }, { authorization }))).status).toBe(200);
    stores.clock.elapse(601);
    expect((await start()).status).toBe(200);
  });

  it('DV-07 the thirty-first device of a public client from one address waits; others go on, and time heals', async () => {
    const { call, stores } = house();
    const from = (ip: string) => call(aPost({ client_id: 'tv', scope: 'openid' }, { ip }));
    for (let n = 1; n <= 30; n++) expect((await from(`2001:db8::${n}`)).status).toBe(200);
    const reply = await from('2001:db8::ffff');
    expect(codeOf(reply)).toEqual([429, 'too_many_requests']);
    expect(reply.headers?.['retry-after']).toBe('600');
    expect((await from('192.0.2.77')).status).toBe(200);
    stores.clock.elapse(DEVICE_STARTS.block);
    expect((await from('2001:db8::ffff')).status).toBe(200);
  });

  it('DV-07 a client with a secret is not counted by address', async () => {
    const { call } = house();
    const authorization = `Basic ${Buffer.from('console:s3cret').toString('base64')}`;
    for (let n = 0; n < DEVICE_STARTS.points + 1; n++) {
      expect((await call(aPost({ scope: 'openid' }, { authorization }))).status).toBe(200);
    }
  });

  it('I15 storage that is away is no verdict', async () => {
    const { start, stores } = house();
    stores.devices.start = () => Promise.reject(new Error('away'));
    await expect(start()).rejects.toThrow('away');
  });
});
