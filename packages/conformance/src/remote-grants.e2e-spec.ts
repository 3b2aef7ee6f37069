import { type EnvironmentFile, Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { postForm, request } from './support/http.js';
import { expectClean, expectJsonError } from './support/verdict.js';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const CIBA = 'urn:openid:params:grant-type:ciba';

/** What each grant that lives outside the token service adds to discovery, and the parameter it is polled with. */
const REMOTE = [
  { type: DEVICE, endpoint: 'device_authorization_endpoint', path: 'device_authorization', param: 'device_code' },
  { type: CIBA, endpoint: 'backchannel_authentication_endpoint', path: 'bc-authorize', param: 'auth_req_id' },
];

const BASIC = ['authorization_code', 'refresh_token', 'client_credentials'];

/** The ordinary environment, with these grants as well, and a client that has them all. */
const withGrants = (...types: string[]) =>
  Tenant.create((file: EnvironmentFile) => {
    file.grantTypes = [...BASIC, ...types];
    const web = file.clients.find(({ id }) => id === 'web') as (typeof file.clients)[0];
    file.clients.push({ ...web, id: 'everything', grantTypes: ['authorization_code', ...types] });
  });

const metadataOf = async (tenant: Tenant) =>
  (await request(`${tenant.issuer}/.well-known/openid-configuration`)).json<Record<string, unknown>>();

describe('grants that live outside the token service, design section 5', () => {
  let both: Tenant;
  let none: Tenant;
  let deviceAlone: Tenant;

  beforeAll(async () => {
    [both, none, deviceAlone] = await Promise.all([withGrants(DEVICE, CIBA), withGrants(), withGrants(DEVICE)]);
  }, 180_000);

  it('RFC 8628 §4 CIBA Core §4 discovery shows what is served and switched on here', async () => {
    const metadata = await metadataOf(both);
    expect(metadata['grant_types_supported']).toEqual(expect.arrayContaining([...BASIC, DEVICE, CIBA]));
    for (const { endpoint, path } of REMOTE) expect(metadata[endpoint]).toBe(`${both.issuer}/${path}`);
    expect(metadata['backchannel_token_delivery_modes_supported']).toEqual(expect.arrayContaining(['poll']));
  });

  it('house: an environment that has them off says nothing of them, and serves none', async () => {
    const metadata = await metadataOf(none);
    expect(metadata['grant_types_supported']).toEqual(expect.arrayContaining(BASIC));
    expect(JSON.stringify(metadata)).not.toMatch(/device|backchannel|ciba/);
    for (const { type, param } of REMOTE) {
      expectJsonError(await none.app().token({ grant_type: type, [param]: 'x' }), 400, 'unsupported_grant_type');
    }
  });

  it('house: each is switched on by itself', async () => {
    const metadata = await metadataOf(deviceAlone);
    expect(metadata).toHaveProperty('device_authorization_endpoint');
    expect(JSON.stringify(metadata)).not.toMatch(/backchannel|ciba/);
  });

  it.each(REMOTE)('house: what is advertised answers: $type', async ({ type, endpoint, param }) => {
    const metadata = await metadataOf(both);
    const started = await postForm(String(metadata[endpoint]), {});
    expectClean(started);
    // No client said who it is: that is how a route that is there refuses.
    expect([started.status, started.error]).toEqual([401, 'invalid_client']);
    const polled = await both.app('everything').token({ grant_type: type, [param]: 'no-such-thing' });
    expectJsonError(polled, 400, 'invalid_grant', 'no-such-thing');
  });

  it.each(REMOTE)('RFC 6749 §5.2 X2 TX-05 parameters of $type', async ({ type, param }) => {
    const app = both.app('everything');
    const missing = await app.token({ grant_type: type });
    expectJsonError(missing, 400, 'invalid_request');
    expect(missing.text).toContain(`${param} is missing`);
    expectJsonError(await app.token({ grant_type: type, [param]: '' }), 400, 'invalid_request');
    expectJsonError(await app.token({ grant_type: type, [param]: 'x'.repeat(10_000) }), 400, 'invalid_request');
    for (const name of ['__proto__', 'constructor']) {
      expectJsonError(await app.token({ grant_type: type, [param]: 'x', [name]: 'y' }), 400, 'invalid_grant');
    }
  });

  it.each(REMOTE)('X6 a client that has not $type may not use it', async ({ type, param }) => {
    expectJsonError(await both.app('web').token({ grant_type: type, [param]: 'x' }), 400, 'unauthorized_client');
  });

  it('house: switched on and off, discovery follows', async () => {
    const changing = await withGrants();
    const shown = async () => 'device_authorization_endpoint' in (await metadataOf(changing));
    expect(await shown()).toBe(false);
    await changing.change((file) => {
      file.grantTypes = [...BASIC, DEVICE];
    });
    expect(await eventually(shown, Boolean)).toBe(true);
    await changing.change((file) => {
      file.grantTypes = BASIC;
    });
    expect(await eventually(shown, (is) => !is)).toBe(false);
  }, 180_000);
});
