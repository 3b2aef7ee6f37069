import { randomUUID } from 'node:crypto';
import { Storage } from './support/database.js';
import { SECRET, Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { everywhere } from './support/everywhere.js';
import { Answer, basic, postForm } from './support/http.js';
import { SignedOn } from './support/signed-on.js';
import { expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

/** Everything that form-urlencoding changes, twice over where it is easy to get wrong. */
const ODD = 'a+b c%41&d=e:f/"\\';
const ASSERTION = {
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: unsigned({ iss: 'web', sub: 'web', jti: randomUUID(), exp: 4_000_000_000 }),
};

describe('client authentication, seeds §6 and catalogue 1.4', () => {
  const storage = new Storage();
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const machine = { grantTypes: ['client_credentials'], scopes: ['orders:read'], defaultScopes: ['orders:read'] };
      file.clients.push(
        { ...machine, id: 'basic', auth: 'client_secret_basic', secret: SECRET },
        { ...machine, id: 'post', auth: 'client_secret_post', secret: SECRET },
        { ...machine, id: 'odd', auth: 'client_secret_basic', secret: ODD },
        { ...machine, id: 'odd-post', auth: 'client_secret_post', secret: ODD },
        { ...machine, id: 'disabled', auth: 'client_secret_basic', secret: SECRET, enabled: false },
        { ...machine, id: 'disabled-post', auth: 'client_secret_post', secret: SECRET, enabled: false },
        { ...machine, id: 'bare', auth: 'client_secret_basic', secret: SECRET },
        { ...machine, id: 'renewed', auth: 'client_secret_basic', secret: SECRET },
      );
    });
  });

  afterAll(() => storage.close());

  const ask = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> =>
    postForm(`${tenant.issuer}/token`, { grant_type: 'client_credentials', ...form }, headers);
  const raw = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
  const byPost = (client_id: string, client_secret = SECRET) => ({ client_id, client_secret });

  it.each([
    ['client_secret_basic', () => ask({}, basic('basic', SECRET))],
    [
      'client_secret_basic, naming itself in the body as well',
      () => ask({ client_id: 'basic' }, basic('basic', SECRET)),
    ],
    [
      'client_secret_basic, the scheme in other letters',
      () => ask({}, { authorization: basic('basic', SECRET)['authorization']?.replace('Basic', 'bAsIc') ?? '' }),
    ],
    ['client_secret_basic, both halves form-urlencoded', () => ask({}, basic('odd', ODD))],
    [
      'client_secret_basic, a blank as +',
      () => ask({}, raw(`odd:${new URLSearchParams({ x: ODD }).toString().slice(2)}`)),
    ],
    ['client_secret_post', () => ask(byPost('post'))],
    ['client_secret_post, any characters', () => ask(byPost('odd-post', ODD))],
  ])('X3 %s → 200', async (_method, send) => {
    expect((await send()).status).toBe(200);
  });

  it('X3 none: a public client names itself', async () => {
    const spa = new SignedOn(tenant.app('spa'));
    expect((await spa.app.redeem(await spa.code())).status).toBe(200);
  });

  it.each([
    ['basic and post', () => ask(byPost('basic'), basic('basic', SECRET))],
    ['basic and post, each of another client', () => ask(byPost('post'), basic('basic', SECRET))],
    ['basic and a secret in the body', () => ask({ client_secret: SECRET }, basic('basic', SECRET))],
    ['basic and an assertion', () => ask(ASSERTION, basic('basic', SECRET))],
    ['post and an assertion', () => ask({ ...byPost('post'), ...ASSERTION })],
    ['basic and another client_id', () => ask({ client_id: 'post' }, basic('basic', SECRET))],
  ])('X4 CA-02 two at once: %s → 400 invalid_request, nothing stored', async (_what, send) => {
    const answer = await unchanged(storage, tenant.id, () => sameVerdict(send));
    expectJsonError(answer, 400, 'invalid_request', SECRET);
  });

  it.each([
    ['CA-02 none at all', () => ask({})],
    ['CA-02 a confidential client that only names itself', () => ask({ client_id: 'basic' })],
    ['CA-02 X3 post, though basic is registered', () => ask(byPost('basic'))],
    ['CA-02 a public client with a secret', () => ask(byPost('spa'))],
    ['an empty secret', () => ask(byPost('post', ''))],
    ['an unknown client', () => ask(byPost('nobody'))],
    ['CA-01 a wrong secret', () => ask(byPost('post', `${SECRET}x`))],
    ['a secret cut short', () => ask(byPost('post', SECRET.slice(0, -1)))],
    ['a secret without its client', () => ask({ client_secret: SECRET })],
    ['another client’s secret', () => ask(byPost('odd-post', SECRET))],
    ['X14 a disabled client', () => ask(byPost('disabled-post'))],
    ['CA-08 CVE-2026-16093 an unsigned assertion alone', () => ask(ASSERTION)],
    ['CA-08 CVE-2026-16093 an unsigned assertion and a client_id', () => ask({ ...ASSERTION, client_id: 'basic' })],
    ['CA-08 an assertion where none is registered', () => ask({ ...ASSERTION, client_id: 'spa' })],
    [
      'CA-08 an empty assertion’s type',
      () => ask({ client_assertion_type: ASSERTION.client_assertion_type, client_id: 'spa' }),
    ],
  ])('X4 in the body: %s → 401 invalid_client, no challenge, nothing stored', async (_what, send) => {
    const answer = await unchanged(storage, tenant.id, () => sameVerdict(send));
    expectJsonError(answer, 401, 'invalid_client', SECRET);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it.each([
    ['CA-01 a wrong secret', () => basic('basic', `${SECRET}x`)],
    ['an empty secret', () => basic('basic', '')],
    ['an unknown client', () => basic('nobody', SECRET)],
    ['CA-02 X3 basic, though post is registered', () => basic('post', SECRET)],
    ['CA-02 a public client with an empty secret', () => basic('spa', '')],
    ['X14 a disabled client', () => basic('disabled', SECRET)],
    ['no colon', () => raw('basic')],
    ['no client', () => raw(`:${SECRET}`)],
    ['a broken escape', () => raw('basic:%')],
    ['not base64', () => ({ authorization: 'Basic §§§'.replaceAll('§', '!') })],
    ['nothing after the scheme', () => ({ authorization: 'Basic ' })],
    ['the odd secret, not urlencoded', () => raw(`odd:${ODD}`)],
    ['another scheme', () => ({ authorization: `Bearer ${SECRET}` })],
    ['Digest', () => ({ authorization: 'Digest username="basic", realm="x", response="y"' })],
  ])('X4 in the header: %s → 401 invalid_client with a Basic challenge, nothing stored', async (_what, headers) => {
    const answer = await unchanged(storage, tenant.id, () => sameVerdict(() => ask({}, headers())));
    expectJsonError(answer, 401, 'invalid_client', SECRET);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="[^"]+"/);
  });

  it('X4 SE-02 unknown client, wrong secret, wrong method and disabled client are told with the same bytes', async () => {
    const pairs = [basic('nobody', SECRET), basic('basic', 'x'), basic('post', SECRET), basic('disabled', SECRET)];
    const answers = await Promise.all(pairs.map((headers) => ask({}, headers)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  });

  it('CA-11 C1 a public client gets no client credentials: unauthorized_client, even when registered for them', async () => {
    expectJsonError(await ask({ client_id: 'spa' }), 400, 'unauthorized_client');
    await storage.rows(
      `UPDATE client SET grant_types = array_append(grant_types, 'client_credentials'), default_scopes = '{orders:read}'
       WHERE environment_id = $1 AND id = 'spa'`,
      [tenant.id],
    );
    // Asked for longer than the change takes to reach every replica.
    await eventually(
      () => postForm(`${tenant.issuer}/token`, { grant_type: 'client_credentials', client_id: 'spa' }),
      ({ status }) => status === 200,
      1.5,
    );
    for (let replica = 0; replica < 4; replica += 1) {
      expectJsonError(await ask({ client_id: 'spa' }), 400, 'unauthorized_client');
    }
  });

  it.each([
    'X-Client-Cert',
    'X-SSL-Client-Cert',
    'X-SSL-Client-Verify',
    'X-SSL-Client-S-DN',
    'X-Forwarded-Client-Cert',
    'X-Forwarded-Tls-Client-Cert',
    'Client-Cert',
  ])('CA-09 %s from the street proves nothing → 401 invalid_client', async (header) => {
    const values = ['SUCCESS', 'CN=basic', 'By=spiffe://a;Hash=b;Subject="CN=basic"', ':TUlJQg==:'];
    for (const value of values)
      expectJsonError(await ask({ client_id: 'basic' }, { [header]: value }), 401, 'invalid_client');
  });

  it('CVE-2025-65945 a client whose secrets are gone is refused, never let through', async () => {
    expect((await ask({}, basic('bare', SECRET))).status).toBe(200);
    await storage.rows(`UPDATE client SET secret_hashes = '{}' WHERE environment_id = $1 AND id = 'bare'`, [tenant.id]);
    await everywhere(
      () => ask({}, basic('bare', SECRET)),
      ({ status }) => status === 401,
    );
    for (const secret of [SECRET, '', 'undefined', 'null', 'hs256:']) {
      expectJsonError(await ask({}, basic('bare', secret)), 401, 'invalid_client', SECRET);
    }
  });

  it('X14 CA-02 a replaced secret: the new one works, the old one is dead', async () => {
    const asked = () => ask({}, basic('renewed', SECRET));
    expect((await asked()).status).toBe(200);
    await tenant.change(() => Object.assign(tenant.client('renewed'), { secret: 'a-newer-secret-of-some-length' }));
    for (const old of await everywhere(asked, ({ status }) => status === 401)) {
      expectJsonError(old, 401, 'invalid_client', SECRET);
    }
    expect((await ask({}, basic('renewed', 'a-newer-secret-of-some-length'))).status).toBe(200);
  });

  it('X12 secrets are stored hashed', async () => {
    expect(await storage.holds(SECRET)).toBe(false);
    expect(await storage.holds(ODD)).toBe(false);
  });
});

function unsigned(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
