import type { App, Tokens } from './support/app.js';
import { Till } from './support/ciba.js';
import { ask, INACTIVE } from './support/companions.js';
import { Storage } from './support/database.js';
import { Device } from './support/device.js';
import { ADA, Tenant } from './support/environments.js';
import { withEveryGrant } from './support/every-grant.js';
import { Answer, request } from './support/http.js';
import { pushed, pushedUrl } from './support/pushed.js';
import { newServiceToken, present } from './support/service-accounts.js';
import { SignedOn } from './support/signed-on.js';
import { expectErrorPage, expectJsonError, expectRedirectError, unchanged } from './support/verdict.js';

/** Every kind of opaque or signed value that leaves the house. */
type Kind =
  | 'code'
  | 'refreshToken'
  | 'accessToken'
  | 'opaqueToken'
  | 'idToken'
  | 'session'
  | 'flowId'
  | 'deviceCode'
  | 'authReqId'
  | 'requestUri'
  | 'serviceToken';
const URN = 'urn:ietf:params:oauth:request_uri:';
type Wallet = Record<Kind, string>;

describe('codes and tokens: one never passes for another, catalogue CO-10 CO-11 JW-03', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let web: App;
  let user: SignedOn;
  let device: Device;
  let till: Till;
  let wallet: Wallet;

  beforeAll(async () => {
    tenant = await Tenant.create(withEveryGrant);
    web = tenant.app();
    [device, till] = [new Device(tenant.app('console')), new Till(tenant.app('till'))];
    user = new SignedOn(web);
    const tokens = await user.tokens();
    const signOn = await tenant.person().get(web.authorizeUrl());
    wallet = {
      code: await user.code(),
      refreshToken: tokens.refresh_token,
      accessToken: tokens.access_token,
      opaqueToken: (await tenant.app('keeper').tokens(ADA)).access_token,
      idToken: tokens.id_token,
      session: user.cookie(`ST-${tenant.id}`) ?? '',
      flowId: new URL(signOn.location ?? '').searchParams.get('flowId') ?? '',
      deviceCode: (await device.start()).device_code,
      authReqId: (await till.ask()).auth_req_id,
      requestUri: await pushed(web),
      serviceToken: await newServiceToken(tenant, 'night'),
    };
  });

  afterAll(() => storage.close());

  /** Some are of no length that could be right. */
  const invalidGrant = (answer: Answer) =>
    expectJsonError(answer, 400, answer.error === 'invalid_request' ? 'invalid_request' : 'invalid_grant');

  /** Where each kind belongs, and how a stranger is refused there. */
  const doors: Record<Kind, { send: (value: string) => Promise<Answer>; refuses: (answer: Answer) => void }> = {
    code: {
      send: (code) => web.redeem(code),
      refuses: invalidGrant,
    },
    refreshToken: {
      send: (token) => web.refresh(token),
      refuses: invalidGrant,
    },
    accessToken: {
      send: (token) => web.userInfo(token),
      refuses: (answer) => expectJsonError(answer, 401, 'invalid_token'),
    },
    opaqueToken: {
      send: (token) => ask(tenant, 'vault', token),
      refuses: (answer) => expect([answer.status, answer.json()]).toEqual([200, INACTIVE]),
    },
    deviceCode: {
      send: (device_code) => device.poll({ device_code }),
      refuses: invalidGrant,
    },
    authReqId: {
      send: (auth_req_id) => till.poll({ auth_req_id }),
      refuses: invalidGrant,
    },
    requestUri: {
      send: (uri) =>
        request(pushedUrl(web, URN + uri.replace(URN, '')), {
          headers: { cookie: `ST-${tenant.id}=${wallet.session}` },
        }),
      refuses: (answer) => expectErrorPage(answer),
    },
    serviceToken: {
      send: (assertion) => present(tenant, assertion),
      refuses: invalidGrant,
    },
    idToken: {
      send: (id_token_hint) => atAuthorize({ prompt: 'none', id_token_hint }, `ST-${tenant.id}=${wallet.session}`),
      // Somebody else than the one it names may be signed on: never a code.
      refuses: (answer) => expectRedirectError(answer, web, 'login_required'),
    },
    session: {
      send: (cookie) => atAuthorize({ prompt: 'none' }, `ST-${tenant.id}=${cookie}`),
      refuses: (answer) => expectRedirectError(answer, web, 'login_required'),
    },
    flowId: {
      send: (flowId) => request(`${web.baseUrl}/${tenant.id}/signon?flowId=${encodeURIComponent(flowId)}`),
      refuses: (answer) => expectErrorPage(answer, answer.status),
    },
  };
  const atAuthorize = (changes: Record<string, string>, cookie: string) =>
    request(web.authorizeUrl(changes), { headers: { cookie } });
  const kinds = Object.keys(doors) as Kind[];

  /** An opaque access token is one at userinfo as well. */
  const fits = (kind: Kind, door: Kind) => kind === door || (kind === 'opaqueToken' && door === 'accessToken');

  it.each(kinds.flatMap((kind) => kinds.filter((door) => !fits(kind, door)).map((door) => [kind, door] as const)))(
    'CO-10 JW-03 CVE-2026-4282 CVE-2026-4325 CVE-2023-0657 CVE-2026-114607 %s where a %s belongs → refused without effect',
    async (kind, door) => {
      const answer = await unchanged(storage, tenant.id, () => doors[door].send(wallet[kind]));
      doors[door].refuses(answer);
    },
  );

  it('CO-10 after all that, each still works where it belongs', async () => {
    expect((await doors.accessToken.send(wallet.accessToken)).status).toBe(200);
    expect((await doors.opaqueToken.send(wallet.opaqueToken)).json()).toMatchObject({ active: true });
    expect((await doors.deviceCode.send(wallet.deviceCode)).error).toBe('authorization_pending');
    expect((await doors.authReqId.send(wallet.authReqId)).error).toBe('authorization_pending');
    expect((await doors.requestUri.send(wallet.requestUri)).params()).toHaveProperty('code');
    expect((await doors.serviceToken.send(wallet.serviceToken)).status).toBe(200);
    expect((await doors.idToken.send(wallet.idToken)).params()).toHaveProperty('code');
    expect((await doors.session.send(wallet.session)).params()).toHaveProperty('code');
    expect((await doors.refreshToken.send(wallet.refreshToken)).status).toBe(200);
    expect((await doors.code.send(wallet.code)).status).toBe(200);
  });

  it('CVE-2026-16089 CVE-2026-55672 codes: every part of two live ones swapped → invalid_grant, both still work', async () => {
    const [left, right] = [await user.code(), await user.code()];
    const [leftId = '', leftSecret = ''] = left.split('.');
    const [rightId = '', rightSecret = ''] = right.split('.');
    for (const mixed of [
      `${leftId}.${rightSecret}`,
      `${rightId}.${leftSecret}`,
      `${leftId}.`,
      leftId,
      `${left}.${rightSecret}`,
      `${left}x`,
      ` ${left}`,
      left.toUpperCase(),
    ]) {
      const answer = await unchanged(storage, tenant.id, () => web.redeem(mixed));
      expectJsonError(answer, 400, 'invalid_grant', left, right);
    }
    expect([(await web.redeem(left)).status, (await web.redeem(right)).status]).toEqual([200, 200]);
  });

  it('CVE-2026-16089 CVE-2026-55672 refresh tokens: every part of two live ones swapped → invalid_grant, both still work', async () => {
    const left = (await user.tokens()).refresh_token;
    const first = (await user.tokens()).refresh_token;
    const right = (await web.refresh(first)).json<Tokens>().refresh_token;
    const [leftId, , leftSecret] = left.split('.');
    const [rightId, rightGeneration, rightSecret] = right.split('.');
    for (const mixed of [
      `${leftId}.0.${rightSecret}`,
      `${rightId}.${rightGeneration}.${leftSecret}`,
      `${leftId}.${rightGeneration}.${leftSecret}`,
      `${leftId}.${rightGeneration}.${rightSecret}`,
      `${leftId}.00.${leftSecret}`,
      `${leftId}.-1.${leftSecret}`,
      `${leftId}.999999999.${leftSecret}`,
      `${leftId}.${leftSecret}`,
    ]) {
      const answer = await unchanged(storage, tenant.id, () => web.refresh(mixed));
      expectJsonError(answer, 400, 'invalid_grant', left, right);
    }
    expect([(await web.refresh(left)).status, (await web.refresh(right)).status]).toEqual([200, 200]);
  });

  it('CO-11 X12 no live code, refresh token, session or access token stands in the database, in any spelling', async () => {
    const tokens = await user.tokens();
    const code = await user.code();
    const secretOf = (handle: string) => handle.split('.').at(-1) ?? '';
    for (const handle of [code, tokens.refresh_token, user.cookie(`ST-${tenant.id}`) ?? '']) {
      const secret = secretOf(handle);
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
      expect(await storage.holds(secret)).toBe(false);
      expect(await storage.holds(Buffer.from(secret, 'base64url').toString('hex'))).toBe(false);
    }
    for (const token of [tokens.access_token, tokens.id_token])
      expect(await storage.holds(secretOf(token))).toBe(false);
    // The search would have found it: what is kept of a handle stands there.
    expect(await storage.holds(web.clientId)).toBe(true);
  });

  it('CO-11 handles are never alike: 32 random bytes each, and no secret comes twice', async () => {
    const codes: string[] = [];
    for (let count = 0; count < 20; count += 1) codes.push(await user.code());
    expect(new Set(codes.map((code) => code.split('.')[1])).size).toBe(20);
    expect(codes.every((code) => /^gwac_[\w-]{22}\.[\w-]{43}$/.test(code))).toBe(true);
  });
});
