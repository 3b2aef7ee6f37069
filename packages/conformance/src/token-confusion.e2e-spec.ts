import type { App, Tokens } from './support/app.js';
import { aTill, Till } from './support/ciba.js';
import { ASSERTION_TYPE, assertionClaims, ClientKey, requestClaims } from './support/client-jwt.js';
import { ask, giveBack, told, withResources } from './support/companions.js';
import { Storage } from './support/database.js';
import { DEVICE_CODE, Device } from './support/device.js';
import { ADA, type ClientEntry, Tenant } from './support/environments.js';
import { type Answer, basic, postForm, request } from './support/http.js';
import type { Person } from './support/person.js';
import { pushed, pushedUrl } from './support/pushed.js';
import { serviceAccount } from './support/service-accounts.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CIBA = 'urn:openid:params:grant-type:ciba';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE, CIBA, EXCHANGE, JWT_BEARER];

/** Every kind of credential there is, all of one client, one person and one environment. */
const KINDS = [
  ...['access token', 'opaque access token', 'client’s own token', 'ID token', 'refresh token', 'code'],
  ...['pushed request', 'device code', 'backchannel request', 'session cookie', 'flow id'],
  ...['client assertion', 'request object', 'service token'],
] as const;
type Kind = (typeof KINDS)[number];

describe('JW-03 CO-10 each door opens to its own kind of credential alone', () => {
  const storage = new Storage();
  const key = ClientKey.make('ES256');
  let tenant: Tenant;
  let app: App;
  let person: Person;
  let serviceToken: string;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      withResources(file);
      file.grantTypes = GRANTS;
      const jwks = { keys: [key.publicJwk] };
      const [web, , service] = file.clients as [ClientEntry, ClientEntry, ClientEntry];
      service.grantTypes = [...service.grantTypes, JWT_BEARER];
      Object.assign(web, { jwks, trusted: true, exchange: { impersonation: true } });
      web.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', EXCHANGE, DEVICE_CODE];
      web.scopes = ['openid', 'email', 'offline_access', 'orders:read', 'vault:open'];
      web.defaultScopes = ['orders:read'];
      const machine = { grantTypes: ['client_credentials'], scopes: ['orders:read'], defaultScopes: ['orders:read'] };
      file.clients.push({ ...machine, id: 'signer', auth: 'private_key_jwt', jwks }, aTill(file, { id: 'till' }));
      file.users.push(...Array.from({ length: 80 }, (_, index) => ({ username: `crowd-${index}` })));
    });
    app = tenant.app();
    const said = await serviceAccount(tenant, 'create', 'night', '--client', 'service', '--scopes', 'orders:read');
    serviceToken = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(said)?.[0] ?? '';
    person = tenant.person();
    await app.signIn(person, ADA, SCOPE);
  });
  afterAll(() => storage.close());

  const SCOPE = { scope: 'openid email offline_access orders:read' };

  async function visit(changes: Record<string, string> = SCOPE): Promise<Tokens> {
    const { code = '' } = (await person.get(app.authorizeUrl(changes))).params();
    return (await app.redeem(code)).json<Tokens>();
  }

  /** A good one that nobody has used. */
  const MAKE: Record<Kind, () => Promise<string>> = {
    'access token': async () => (await visit()).access_token,
    'opaque access token': async () => (await visit({ scope: 'openid vault:open' })).access_token,
    'client’s own token': async () =>
      (await app.token({ grant_type: 'client_credentials' })).json<Tokens>().access_token,
    'ID token': async () => (await visit()).id_token,
    'refresh token': async () => (await visit()).refresh_token,
    code: async () => (await person.get(app.authorizeUrl(SCOPE))).params()['code'] ?? '',
    'pushed request': () => pushed(app, SCOPE),
    'device code': async () => (await new Device(app).start(SCOPE)).device_code,
    'backchannel request': async () =>
      (await new Till(tenant.app('till')).ask({ scope: 'openid orders:read' })).auth_req_id,
    'session cookie': async () => person.cookie(`ST-${tenant.id}`) ?? '',
    'flow id': async () => {
      const { location = '' } = await tenant.person().get(app.authorizeUrl(SCOPE));
      return new URL(location).searchParams.get('flowId') ?? '';
    },
    'client assertion': async () => key.jwt(assertionClaims('signer', tenant.issuer)),
    'request object': async () => key.jwt(requestClaims('web', tenant.issuer, app.authorizeParams(SCOPE))),
    'service token': async () => serviceToken,
  };

  const exchange = (subject_token_type: string) => (subject_token: string) =>
    app.token({ grant_type: EXCHANGE, subject_token, subject_token_type, scope: 'orders:read' });
  const authorize = (params: Record<string, string>) =>
    person.get(`${app.issuer}/authorize?${new URLSearchParams({ client_id: 'web', ...params })}`);
  const ok = ({ status }: Answer) => status === 200;
  const hasCode = ({ location }: Answer) => /[?&]code=/.test(location ?? '');

  interface Door {
    readonly opensTo: readonly Kind[];
    readonly knock: (token: string) => Promise<Answer>;
    readonly isOpen: (answer: Answer) => boolean;
  }

  const DOORS: Record<string, Door> = {
    'userinfo, as bearer': {
      opensTo: ['access token', 'opaque access token'],
      knock: (token) => request(`${app.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
      isOpen: ok,
    },
    'introspection by its client': {
      opensTo: ['access token', 'opaque access token', 'client’s own token', 'refresh token'],
      knock: (token) => ask(tenant, 'web', token),
      isOpen: (answer) => ok(answer) && answer.json()['active'] === true,
    },
    refresh_token: { opensTo: ['refresh token'], knock: (token) => app.refresh(token), isOpen: ok },
    authorization_code: { opensTo: ['code'], knock: (token) => app.redeem(token), isOpen: ok },
    device_code: {
      opensTo: ['device code'],
      knock: (device_code) => app.token({ grant_type: DEVICE_CODE, device_code }),
      isOpen: (answer) => answer.error === 'authorization_pending',
    },
    ciba: {
      opensTo: ['backchannel request'],
      knock: (auth_req_id) => tenant.app('till').token({ grant_type: CIBA, auth_req_id }),
      isOpen: (answer) => answer.error === 'authorization_pending',
    },
    'subject_token of an access token': {
      opensTo: ['access token', 'opaque access token', 'client’s own token'],
      knock: exchange(ACCESS_TOKEN),
      // A token for the vault says nothing about orders; that is about its scope and not its kind.
      isOpen: (answer) => ok(answer) || answer.error === 'invalid_scope',
    },
    'subject_token of an ID token': { opensTo: ['ID token'], knock: exchange(ID_TOKEN), isOpen: ok },
    'assertion of a service account': {
      opensTo: ['service token'],
      knock: (assertion) => postForm(`${app.issuer}/token`, { grant_type: JWT_BEARER, assertion }),
      isOpen: ok,
    },
    client_assertion: {
      opensTo: ['client assertion'],
      knock: (client_assertion) =>
        postForm(`${app.issuer}/token`, {
          ...{ grant_type: 'client_credentials', client_id: 'signer' },
          ...{ client_assertion_type: ASSERTION_TYPE, client_assertion },
        }),
      isOpen: ok,
    },
    id_token_hint: {
      opensTo: ['ID token'],
      knock: (id_token_hint) => person.get(app.authorizeUrl({ ...SCOPE, id_token_hint, prompt: 'none' })),
      isOpen: hasCode,
    },
    'id_token_hint at sign-off': {
      opensTo: ['ID token'],
      knock: (id_token_hint) => request(`${app.issuer}/signoff?${new URLSearchParams({ id_token_hint, ...BYE })}`),
      isOpen: ({ location }) => location !== undefined,
    },
    request_uri: {
      opensTo: ['pushed request'],
      knock: (uri) => person.get(pushedUrl(app, uri)),
      isOpen: hasCode,
    },
    request: { opensTo: ['request object'], knock: (jwt) => authorize({ request: jwt }), isOpen: hasCode },
    'session cookie': {
      opensTo: ['session cookie'],
      knock: (value) => {
        const thief = tenant.person();
        thief.setCookie(`ST-${tenant.id}`, value);
        return thief.get(app.authorizeUrl({ ...SCOPE, prompt: 'none' }));
      },
      isOpen: hasCode,
    },
  };
  const BYE = { post_logout_redirect_uri: 'https://rp.example/bye' };

  it.each(Object.keys(DOORS))(
    'JW-03 %s',
    async (name) => {
      const { opensTo, knock, isOpen } = DOORS[name] as Door;
      const opened: Kind[] = [];
      for (const kind of KINDS) {
        const token = await MAKE[kind]();
        expect([kind, token.length > 20]).toEqual([kind, true]);
        const answer = await knock(token);
        expect([kind, answer.status < 500]).toEqual([kind, true]);
        if (isOpen(answer)) opened.push(kind);
      }
      expect(opened).toEqual(KINDS.filter((kind) => opensTo.includes(kind)));
    },
    180_000,
  );

  it('CVE-2023-0657 JW-03 nothing but its tokens is revoked by giving something back', async () => {
    const { access_token, refresh_token } = await visit();
    for (const kind of KINDS) {
      if (kind === 'session cookie') continue;
      expect((await giveBack(app, await MAKE[kind]())).status).toBe(200);
    }
    expect((await giveBack(app, person.cookie(`ST-${tenant.id}`) ?? '')).status).toBe(200);
    for (const token of [access_token, refresh_token])
      expect(await told(tenant, 'web', token)).toMatchObject({ active: true });
    expect((await person.get(app.authorizeUrl({ ...SCOPE, prompt: 'none' }))).params()).toHaveProperty('code');
  });

  it('CVE-2024-47077 a token of one client is refused wherever another’s is wanted', async () => {
    const { access_token, refresh_token } = await visit();
    const second = tenant.app('second');
    const refused: unknown[] = [
      (await second.refresh(refresh_token)).error,
      (await told(tenant, 'second', access_token))['active'],
      (await told(tenant, 'second', refresh_token))['active'],
      (await told(tenant, 'billing', access_token))['active'],
    ];
    expect(refused).toEqual(['invalid_grant', false, false, false]);
    const as = basic('second', second.secret ?? '');
    const form = { grant_type: EXCHANGE, subject_token: access_token, subject_token_type: ACCESS_TOKEN };
    expect((await postForm(`${app.issuer}/token`, form, as)).status).toBeGreaterThanOrEqual(400);
    expect((await giveBack(second, access_token)).status).toBe(200);
    expect(await told(tenant, 'orders', access_token)).toMatchObject({ active: true, client_id: 'web' });
  });
});
