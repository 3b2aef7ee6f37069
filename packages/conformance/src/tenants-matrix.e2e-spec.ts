import type { App } from './support/app.js';
import { Approver, CIBA, requestId, Till } from './support/ciba.js';
import { assertionClaims, assertionForm, ClientKey } from './support/client-jwt.js';
import { ask, giveBack } from './support/companions.js';
import { Storage } from './support/database.js';
import { Device } from './support/device.js';
import { ADA, Tenant } from './support/environments.js';
import { ACCESS_TOKEN, EXCHANGE, withEveryGrant } from './support/every-grant.js';
import { type Answer, basic, postForm, request } from './support/http.js';
import type { Person } from './support/person.js';
import { pushed, pushedUrl } from './support/pushed.js';
import { newServiceToken, present } from './support/service-accounts.js';
import { target } from './support/target.js';
import { expectRefusal } from './support/verdict.js';

const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const AN_ID = '01a1fbeb-9db4-73cd-80df-d030427e036d';
const [KEY, STRANGER] = [ClientKey.make('ES256', 'key'), ClientKey.make('ES256', 'key')];

/** A kind of credential, offered in an environment. */
interface Kind {
  /** A good one of this environment. */
  readonly make: (at: House) => Promise<string> | string;
  /** One nobody issued. */
  readonly unknown: string | ((at: House) => string);
  readonly send: (at: House, value: string) => Promise<Answer>;
  readonly works: (answer: Answer) => boolean;
}

const GRACE = { username: 'grace', password: 'another horse battery' };

/** An environment, with somebody signed on in it; the two of them differ in nothing but their id. */
interface House {
  readonly tenant: Tenant;
  readonly person: Person;
  readonly web: App;
  readonly device: Device;
  readonly till: Till;
}

describe('MT-01 the matrix: each kind of credential, in an environment with identical clients, users and secrets', () => {
  const storage = new Storage();
  let home: House;
  let away: House;

  beforeAll(async () => {
    [home, away] = (await Promise.all([open(), open()])) as [House, House];
  });
  afterAll(() => storage.close());

  const exchange = ({ web }: House, changes: Record<string, string>) =>
    web.token({ grant_type: EXCHANGE, scope: 'orders:read', ...changes });
  const tokens = async ({ web, person }: House) => {
    const { code = '' } = (await person.follow(web.authorizeUrl())).params();
    return (await web.redeem(code)).json<{ access_token: string; id_token: string; refresh_token: string }>();
  };
  const ok = ({ status }: Answer) => status === 200;
  const pending = ({ error }: Answer) => error === 'authorization_pending';
  const wentBack = ({ location }: Answer) => location?.startsWith('https://rp.example/') === true;
  const noToken = `eyJhbGciOiJFUzI1NiJ9.e30.${'A'.repeat(86)}`;
  /** Ada's own, and good, for what only the other half of a request is foreign in. */
  const own = new Map<House, string>();

  const KINDS: Record<string, Kind> = {
    'request_uri, P3': {
      make: ({ web }) => pushed(web),
      unknown: `urn:ietf:params:oauth:request_uri:gwpr_AZq3nHk7dXKfGQyYv1l2Ng.${'A'.repeat(43)}`,
      send: ({ person, web }, uri) => person.get(pushedUrl(web, uri)),
      works: ({ location }) => /[?&]code=/.test(location ?? ''),
    },
    device_code: {
      make: async ({ device }) => (await device.start()).device_code,
      unknown: `gwdc_AZq3nHk7dXKfGQyYv1l2Ng.${'A'.repeat(43)}`,
      send: ({ device }, device_code) => device.poll({ device_code }),
      works: pending,
    },
    auth_req_id: {
      make: async ({ till }) => (await till.ask()).auth_req_id,
      unknown: `gwcb_AZq3nHk7dXKfGQyYv1l2Ng.${'A'.repeat(43)}`,
      send: ({ till }, auth_req_id) => till.app.token({ grant_type: CIBA, auth_req_id }),
      works: pending,
    },
    'a request on the approvals list, CB-08': {
      make: async ({ till }) => requestId(await till.ask({ login_hint: ADA.username })),
      unknown: AN_ID,
      send: ({ tenant, person }, id) => new Approver(tenant, person, target.baseUrl).api(`/${id}`, 'deny'),
      works: ok,
    },
    'a service token, TX-08': {
      make: ({ tenant }) => newServiceToken(tenant, 'night'),
      unknown: noToken,
      send: ({ tenant }, assertion) => present(tenant, assertion),
      works: ok,
    },
    'subject_token, an access token': {
      make: async (at) => (await tokens(at)).access_token,
      unknown: noToken,
      send: (at, subject_token) => exchange(at, { subject_token, subject_token_type: ACCESS_TOKEN }),
      works: ok,
    },
    'subject_token, an ID token': {
      make: async (at) => (await tokens(at)).id_token,
      unknown: noToken,
      send: (at, subject_token) => exchange(at, { subject_token, subject_token_type: ID_TOKEN }),
      works: ok,
    },
    'actor_token beside a good subject_token': {
      make: async ({ tenant }) => (await tenant.app().tokens(GRACE)).access_token,
      unknown: noToken,
      send: (at, actor_token) => {
        const subject = { subject_token: own.get(at) ?? '', subject_token_type: ACCESS_TOKEN };
        return exchange(at, { ...subject, actor_token, actor_token_type: ACCESS_TOKEN });
      },
      works: ok,
    },
    'client_assertion, CA-04': {
      make: ({ tenant }) => KEY.jwt(assertionClaims('signer', tenant.issuer)),
      unknown: ({ tenant }) => STRANGER.jwt(assertionClaims('signer', tenant.issuer)),
      send: ({ web }, jwt) =>
        postForm(`${web.issuer}/token`, { grant_type: 'client_credentials', ...assertionForm(jwt) }),
      works: ok,
    },
    'an opaque access token, at introspection': {
      make: async ({ tenant }) => (await tenant.app('keeper').tokens(ADA)).access_token,
      unknown: `gwat_AZq3nHk7dXKfGQyYv1l2Ng.${'A'.repeat(43)}`,
      send: ({ tenant }, token) => ask(tenant, 'vault', token),
      works: (answer) => answer.json()['active'] === true,
    },
    'an opaque access token, at userinfo': {
      make: async ({ tenant }) => (await tenant.app('keeper').tokens(ADA)).access_token,
      unknown: `gwat_AZq3nHk7dXKfGQyYv1l2Ng.${'A'.repeat(43)}`,
      send: ({ web }, token) => web.userInfo(token),
      works: ok,
    },
    'a JWT access token, at introspection': {
      make: async (at) => (await tokens(at)).access_token,
      unknown: noToken,
      send: ({ tenant }, token) => ask(tenant, 'orders', token),
      works: (answer) => answer.json()['active'] === true,
    },
    'id_token_hint of a backchannel request, B8': {
      make: async (at) => {
        const { id_token } = (await at.tenant.app('till-web').tokens(ADA)) as { id_token: string };
        return id_token;
      },
      unknown: noToken,
      send: ({ tenant }, id_token_hint) => {
        const app = tenant.app('till-web');
        const form = { scope: 'openid', id_token_hint };
        return postForm(`${app.issuer}/bc-authorize`, form, basic('till-web', app.secret ?? ''));
      },
      works: ok,
    },
    'id_token_hint at idpSignoff, LO-01': {
      make: async ({ tenant }) => (await tenant.app().tokens(ADA)).id_token,
      unknown: noToken,
      send: ({ web }, id_token_hint) =>
        request(`${web.issuer}/idpSignoff?${new URLSearchParams({ id_token_hint, post_logout_redirect_uri: BYE })}`),
      works: (answer) => ok(answer) || wentBack(answer),
    },
    'the session cookie at the approvals, SE-03': {
      make: ({ tenant, person }) => person.cookie(`ST-${tenant.id}`) ?? '',
      unknown: `gwst_AZq3nHk7dXKfGQyYv1l2Ng.${'A'.repeat(43)}`,
      send: ({ tenant }, cookie) => {
        const thief = tenant.person();
        thief.setCookie(`ST-${tenant.id}`, cookie);
        return new Approver(tenant, thief, target.baseUrl).api();
      },
      works: ok,
    },
    'a flow id at the flows API, A16': {
      make: async ({ tenant, person }) => {
        const { location = '' } = await person.get(tenant.app().authorizeUrl({ prompt: 'login' }));
        return new URL(location).searchParams.get('flowId') ?? '';
      },
      unknown: AN_ID,
      send: ({ tenant, person }, id) => person.get(`${target.baseUrl}/${tenant.id}/flows/${id}`),
      works: ok,
    },
  };
  const BYE = 'https://rp.example/bye';

  async function open(): Promise<House> {
    const tenant = await Tenant.create((file) => {
      withEveryGrant(file);
      const [web] = file.clients as [(typeof file.clients)[0]];
      web.trusted = true;
      const machine = { grantTypes: ['client_credentials'], scopes: ['orders:read'], defaultScopes: ['orders:read'] };
      file.clients.push(
        { ...machine, id: 'signer', auth: 'private_key_jwt', jwks: { keys: [KEY.publicJwk] } },
        { ...web, id: 'till-web', grantTypes: [CIBA, 'authorization_code', 'refresh_token'] },
      );
      delete file.clients.at(-1)?.exchange;
    });
    const person = tenant.person();
    await tenant.app().signIn(person, ADA);
    const [device, till] = [new Device(tenant.app('console')), new Till(tenant.app('till'))];
    return { tenant, person, web: tenant.app(), device, till };
  }

  it.each(Object.keys(KINDS))(
    'MT-01 %s: there as an unknown one, without effect in either; at home it works',
    async (name) => {
      const { make, unknown, send, works } = KINDS[name] as Kind;
      for (const house of [home, away]) if (!own.has(house)) own.set(house, (await tokens(house)).access_token);
      const value = await make(home);
      expect(value.length).toBeGreaterThan(20);
      const nothing = await send(away, typeof unknown === 'string' ? unknown : unknown(away));
      const prints = () => Promise.all([home, away].map(({ tenant }) => storage.fingerprint(tenant.id)));
      const before = await prints();
      const refused = await send(away, value);
      expect(await prints()).toEqual(before);
      expectRefusal(refused, value);
      expect(works(refused)).toBe(false);
      expect([refused.status, withoutIds(refused)]).toEqual([nothing.status, withoutIds(nothing)]);
      const answer = await send(home, value);
      expect([works(answer), works(answer) || answer.text]).toEqual([true, true]);
    },
  );

  it('MT-01 IR-05 what is given back in the other environment is still good at home', async () => {
    const { access_token, refresh_token } = await tokens(home);
    for (const token of [access_token, refresh_token]) expect((await giveBack(away.web, token)).status).toBe(200);
    expect((await ask(home.tenant, 'orders', access_token)).json()).toMatchObject({ active: true });
    expect((await home.web.refresh(refresh_token)).status).toBe(200);
  });
});

/** Reference numbers are new each time. */
function withoutIds({ text }: Answer): string {
  return text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '(id)');
}
