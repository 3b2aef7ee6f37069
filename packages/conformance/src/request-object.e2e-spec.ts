import type { App } from './support/app.js';
import { ClientKey, requestClaims, SecretKey, seconds, spoiled, unsigned } from './support/client-jwt.js';
import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { request } from './support/http.js';
import { push, pushed, pushedUrl } from './support/pushed.js';
import {
  expectCode,
  expectErrorPage,
  expectJsonError,
  expectPage,
  expectRedirectError,
  unchanged,
} from './support/verdict.js';

const SIGNING_SECRET = 'a-secret-that-is-long-enough-to-sign-with';

describe('signed authorization requests, RFC 9101', () => {
  const storage = new Storage();
  const key = ClientKey.make('ES256');
  const others = ClientKey.make('ES256');
  let tenant: Tenant;
  let signer: App;

  beforeAll(async () => {
    tenant = await Tenant.create(({ clients }) => {
      const web = clients[0] as (typeof clients)[0];
      clients.push(
        { ...web, id: 'signer', jwks: { keys: [key.publicJwk] } },
        { ...web, id: 'strict', jwks: { keys: [key.publicJwk] }, requestObjects: 'required' },
        { ...web, id: 'keyed', secret: SIGNING_SECRET, secretForSigning: true },
      );
    });
    signer = tenant.app('signer');
  });
  afterAll(() => storage.close());

  /** The parameters as claims. */
  const objectOf = (app: App, changes: Record<string, unknown> = {}) =>
    requestClaims(app.clientId, app.issuer, { ...app.authorizeParams(), ...changes });
  /** RFC 9101 §5: outside stand the client, and what OpenID Connect wants to see there too. */
  const urlOf = (app: App, jwt: string, outside: Record<string, string> = {}) =>
    `${app.issuer}/authorize?${new URLSearchParams({ client_id: app.clientId, request: jwt, ...outside })}`;
  const redirect_uri = 'https://rp.example/callback';

  async function finish(url: string) {
    const person = tenant.person();
    const page = await person.follow(url);
    expectPage(page, 'sign-on');
    const answer = await person.signOn(page, ADA.username, ADA.password);
    return answer.text.includes('user.consent') ? person.consent(answer) : answer;
  }

  it('A9 PR-07 §6.3 what is signed counts, what stands beside it does not', async () => {
    const jwt = key.jwt(objectOf(signer, { state: 'signed' }));
    const beside = {
      state: 'beside',
      scope: 'openid billing:read',
      nonce: 'beside',
      redirect_uri: 'https://evil.example/',
    };
    const code = expectCode(await finish(urlOf(signer, jwt, beside)), signer, 'signed');
    const { id_token } = (await signer.redeem(code)).json<{ id_token: string }>();
    const [, payload = ''] = id_token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ nonce: 'nonce-1' });
  });

  it('A9 PR-06 nbf 8 s ahead is still now', async () => {
    const jwt = key.jwt(objectOf(signer, { nbf: seconds(8) }));
    expectPage(await tenant.person().follow(urlOf(signer, jwt)), 'sign-on');
  });

  it('house: a client whose secret is kept for it may sign with that', async () => {
    const keyed = tenant.app('keyed');
    const jwt = new SecretKey(SIGNING_SECRET).jwt(objectOf(keyed));
    expectPage(await tenant.person().follow(urlOf(keyed, jwt)), 'sign-on');
    expectRedirectError(
      await request(
        urlOf(keyed, new SecretKey('another-secret-that-is-long-enough-too').jwt(objectOf(keyed)), {
          redirect_uri,
          state: 'state-1',
        }),
      ),
      keyed,
      'invalid_request_object',
    );
  });

  it.each<[string, () => string]>([
    ['PR-06 JW-01 alg none', () => unsigned(objectOf(signer))],
    ['PR-06 another key', () => others.jwt(objectOf(signer))],
    ['PR-06 another key under our kid', () => others.as('ES256', key.kid).jwt(objectOf(signer))],
    ['PR-06 a spoiled signature', () => spoiled(key.jwt(objectOf(signer)))],
    [
      'PR-06 JW-01 HS256 keyed by the public key',
      () => new SecretKey(JSON.stringify(key.publicJwk)).jwt(objectOf(signer)),
    ],
    ['PR-06 exp missing', () => key.jwt(objectOf(signer, { exp: undefined }))],
    ['PR-06 exp past', () => key.jwt(objectOf(signer, { exp: seconds(-60) }))],
    ['PR-06 exp 62 minutes ahead', () => key.jwt(objectOf(signer, { exp: seconds(62 * 60) }))],
    ['PR-06 nbf 61 s ahead', () => key.jwt(objectOf(signer, { nbf: seconds(61) }))],
    ['PR-06 aud is another issuer', () => key.jwt(objectOf(signer, { aud: 'https://other.example/as' }))],
    ['PR-06 aud missing', () => key.jwt(objectOf(signer, { aud: undefined }))],
    ['PR-06 iss is another client', () => key.jwt(objectOf(signer, { iss: 'web' }))],
    ['PR-07 a request inside', () => key.jwt(objectOf(signer, { request: 'x' }))],
    ['PR-07 a request_uri inside', () => key.jwt(objectOf(signer, { request_uri: 'https://evil.example/x' }))],
    ['JW-03 a client assertion', () => key.jwt({ ...objectOf(signer), sub: 'signer' })],
  ])('A9 %s', async (_rule, jwt) => {
    const url = urlOf(signer, jwt(), { redirect_uri, state: 'state-1', response_type: 'code' });
    const answer = await unchanged(storage, tenant.id, () => request(url));
    expectRedirectError(answer, signer, 'invalid_request_object');
    // Where the address outside is none of the client's, a person hears of it; and pushed, the client does.
    expectErrorPage(await request(urlOf(signer, jwt(), { redirect_uri: 'https://evil.example/' })));
    expectJsonError(await push(signer, { request: jwt() }), 400, 'invalid_request_object');
  });

  it.each([
    ['names another client', { client_id: 'web' }],
    ['names none', { client_id: undefined }],
  ])('PR-07 an object that %s is told on a page', async (_what, changes) => {
    expectErrorPage(await request(urlOf(signer, key.jwt(objectOf(signer, changes)), { redirect_uri })));
  });

  it('PR-07 a redirect_uri that is signed but not registered is told on a page', async () => {
    const jwt = key.jwt(objectOf(signer, { redirect_uri: 'https://evil.example/' }));
    expectErrorPage(await request(urlOf(signer, jwt, { redirect_uri })));
  });

  it('PR-04 a client that must sign: unsigned is refused at both doors, signed is not', async () => {
    const strict = tenant.app('strict');
    expectRedirectError(await request(strict.authorizeUrl()), strict, 'invalid_request');
    expectJsonError(await push(strict), 400, 'invalid_request');
    const jwt = key.jwt(objectOf(strict));
    expectPage(await tenant.person().follow(urlOf(strict, jwt)), 'sign-on');
    expectPage(await tenant.person().follow(pushedUrl(strict, await pushed(strict, { request: jwt }))), 'sign-on');
  });

  it('CVE-2026-16093 CA-08 an unsigned object does not satisfy a policy that wants it signed', async () => {
    const strict = tenant.app('strict');
    const url = urlOf(strict, unsigned(objectOf(strict)), { redirect_uri, state: 'state-1' });
    expectRedirectError(await request(url), strict, 'invalid_request_object');
  });

  it('JW-02 the header’s own key is nobody’s', async () => {
    for (const header of [
      { jwk: others.publicJwk },
      { jku: 'https://evil.example/jwks' },
      { x5u: 'https://evil.example' },
    ]) {
      const url = urlOf(signer, others.jwt(objectOf(signer), header), { redirect_uri, state: 'state-1' });
      expectRedirectError(await request(url), signer, 'invalid_request_object');
    }
  });
});

describe('login_hint_token', () => {
  let tenant: Tenant;
  let keyed: App;
  const key = new SecretKey(SIGNING_SECRET);

  beforeAll(async () => {
    tenant = await Tenant.create(({ clients }) => {
      clients.push({
        ...(clients[0] as (typeof clients)[0]),
        id: 'keyed',
        secret: SIGNING_SECRET,
        secretForSigning: true,
      });
    });
    keyed = tenant.app('keyed');
  });

  it('house: fills in who the client means, and nobody else gets in', async () => {
    const url = keyed.authorizeUrl({ login_hint_token: key.jwt({ sub: ADA.username, exp: seconds(60) }) });
    const person = tenant.person();
    const page = await person.follow(url);
    expect(page.text).toContain(`value="${ADA.username}"`);
    const other = await person.signOn(page, 'grace', 'another horse battery');
    expectRedirectError(other, keyed, 'login_required');
    const again = tenant.person();
    const answer = await again.signOn(await again.follow(url), ADA.username, ADA.password);
    expectCode(answer.text.includes('user.consent') ? await again.consent(answer) : answer, keyed);
  });

  it.each([
    ['signed by somebody else', () => new SecretKey('another-secret-that-is-long-enough-too').jwt({ sub: 'ada' })],
    ['unsigned', () => unsigned({ sub: 'ada' })],
    ['expired', () => key.jwt({ sub: 'ada', exp: seconds(-60) })],
    ['about nobody', () => key.jwt({ sub: 'mallory' })],
    ['with a cty header', () => key.jwt({ sub: 'ada' }, { cty: 'JWT' })],
  ])('JW-01 house: %s', async (_what, token) => {
    expectRedirectError(await request(keyed.authorizeUrl({ login_hint_token: token() })), keyed, 'invalid_request');
  });
});
