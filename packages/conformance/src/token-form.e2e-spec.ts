import { Storage } from './support/database.js';
import { SECRET, Tenant } from './support/environments.js';
import { Answer, basic, postForm, request } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { expectClean, expectJsonError, sameVerdict, unchanged } from './support/verdict.js';

const FORM = 'application/x-www-form-urlencoded';

describe('token endpoint: the form, seeds §6', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let url: string;

  beforeAll(async () => {
    tenant = await Tenant.create();
    url = `${tenant.issuer}/token`;
  });

  afterAll(() => storage.close());

  const service = () => basic('service', SECRET);
  const ask = (form: Record<string, string> | [string, string][]) => postForm(url, form, service());
  const send = (body: string | Uint8Array, contentType?: string): Promise<Answer> =>
    rawRequest(url, {
      method: 'POST',
      body,
      headers: { ...service(), ...(contentType !== undefined && { 'content-type': contentType }) },
    });

  it('X7 success: 200 JSON, no-store, no-cache, Bearer, expires_in, scope though none was asked for', async () => {
    const answer = await ask({ grant_type: 'client_credentials' });
    expectClean(answer);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
    expect(answer.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'orders:read',
    });
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('X1 %s → 405 with Allow', async (method) => {
    const answer = await unchanged(storage, tenant.id, () =>
      rawRequest(`${url}?grant_type=client_credentials`, { method, headers: service() }),
    );
    expectJsonError(answer, 405, 'invalid_request');
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('X1 HEAD → 405', async () => {
    expect((await request(url, { method: 'HEAD', headers: service() })).status).toBe(405);
  });

  it.each([
    'application/json',
    'application/json\ta',
    'multipart/form-data; boundary=x',
    'text/plain',
    `${FORM}x`,
    `${FORM}\ta`,
    `${FORM}; charset=utf-16`,
    `${FORM}, application/json`,
    ';',
    '/',
    '',
  ])('X1 HT-01 workers-oauth-provider 0.8.3 media type "%s" → 400 invalid_request', async (contentType) => {
    expectJsonError(await send('grant_type=client_credentials', contentType), 400, 'invalid_request');
  });

  it('X1 no media type at all → 400 invalid_request; the right one in capitals, with charset → 200', async () => {
    expectJsonError(await send('grant_type=client_credentials'), 400, 'invalid_request');
    for (const right of [FORM, FORM.toUpperCase(), `${FORM}; charset=UTF-8`, `${FORM};charset=utf-8`]) {
      expect((await send('grant_type=client_credentials', right)).status).toBe(200);
    }
  });

  it.each([
    ['an empty one', ''],
    ['a broken escape', 'grant_type=client_credentials&x=%'],
    ['an escape that is not UTF-8', 'grant_type=client_credentials&x=%ff'],
    ['bytes that are not UTF-8', Buffer.from([...Buffer.from('grant_type=client_credentials&x='), 0xff])],
    ['a NUL', 'grant_type=client_credentials%00'],
    ['201 parameters', `grant_type=client_credentials&${'x=1&'.repeat(200)}`],
    ['JSON in spite of its media type', '{"grant_type":"client_credentials"}'],
  ])('X1 body: %s → 400 invalid_request', async (_what, body) => {
    expectJsonError(await send(body, FORM), 400, 'invalid_request');
  });

  it('X1 W5 parameters in the query are not read', async () => {
    const answer = await postForm(`${url}?grant_type=client_credentials&client_id=service&client_secret=${SECRET}`, {});
    expectJsonError(answer, 400, 'invalid_request', SECRET);
  });

  it.each([
    'grant_type',
    'client_id',
    'scope',
    'code',
    'redirect_uri',
    'code_verifier',
    'refresh_token',
    'of_no_meaning',
  ])('X2 %s twice → invalid_request, equal values or not', async (name) => {
    const base: [string, string][] = [['grant_type', 'client_credentials']];
    for (const [first, second] of [
      ['a', 'a'],
      ['a', 'b'],
      ['', ''],
    ] as const) {
      expectJsonError(await ask([...base, [name, first], [name, second]]), 400, 'invalid_request');
    }
  });

  it('X2 X10 resource and audience may repeat', async () => {
    const answer = await ask([
      ['grant_type', 'client_credentials'],
      ['resource', 'https://api.example/orders'],
      ['resource', 'https://api.example/orders'],
    ]);
    expect(answer.status).toBe(200);
  });

  it('X2 empty is absent, unknown is ignored, names of Object.prototype are unknown', async () => {
    const answer = await ask({
      grant_type: 'client_credentials',
      scope: '',
      resource: '',
      of_no_meaning: 'x',
      __proto__: 'x',
      'constructor[prototype]': 'x',
      toString: 'x',
    });
    expect([answer.status, answer.json()['scope']]).toEqual([200, 'orders:read']);
    expectJsonError(await ask({ grant_type: '' }), 400, 'invalid_request');
  });

  it.each([
    ['X6 no grant_type', {}, 'invalid_request'],
    ['X6 TX-01 an unknown one', { grant_type: 'foo' }, 'unsupported_grant_type'],
    ['X6 I6 implicit is none', { grant_type: 'implicit' }, 'unsupported_grant_type'],
    ['X6 W3 TX-07 password is off', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['X6 other case', { grant_type: 'CLIENT_CREDENTIALS' }, 'unsupported_grant_type'],
    ['X6 a blank behind', { grant_type: 'client_credentials ' }, 'unsupported_grant_type'],
    ['X6 a name of Object.prototype', { grant_type: 'constructor' }, 'unsupported_grant_type'],
    ['X6 TX-01 known, but not the client’s', { grant_type: 'refresh_token' }, 'unauthorized_client'],
    ['X6 TX-01 known, but not the client’s', { grant_type: 'authorization_code' }, 'unauthorized_client'],
  ])('%s: %o → %s', async (_what, form, error) => {
    const answer = await unchanged(storage, tenant.id, () => sameVerdict(() => ask(form as Record<string, string>)));
    expectJsonError(answer, 400, error);
  });

  it('X6 known, but off in the environment → unsupported_grant_type', async () => {
    const machines = await Tenant.create((file) => {
      file.grantTypes = ['client_credentials'];
      file.clients = file.clients.filter(({ id }) => id === 'service');
    });
    const app = machines.app('service');
    expect((await app.token({ grant_type: 'client_credentials', scope: 'orders:read' })).status).toBe(200);
    expectJsonError(await app.token({ grant_type: 'refresh_token' }), 400, 'unsupported_grant_type');
  });

  it('X15 a body beyond 64 KB → 413; one just below is read', async () => {
    const padding = (bytes: number) => `grant_type=client_credentials&x=${'x'.repeat(bytes)}`;
    expectJsonError(await send(padding(66_000), FORM), 413, 'invalid_request');
    expect((await send(padding(65_000), FORM)).status).toBe(200);
  });

  it('CVE-2026-4634 AZ-18 a huge scope → invalid_scope below the size limit, 413 above it', async () => {
    const scopes = (count: number) => ({ grant_type: 'client_credentials', scope: 'a '.repeat(count) });
    expectJsonError(await ask(scopes(30_000)), 400, 'invalid_scope');
    expectJsonError(await ask(scopes(100_000)), 413, 'invalid_request');
  });

  it.each([
    ['code', 'authorization_code', 512, 'invalid_request'],
    ['code_verifier', 'authorization_code', 512, 'invalid_request'],
    ['redirect_uri', 'authorization_code', 2_048, 'invalid_request'],
    ['refresh_token', 'refresh_token', 512, 'invalid_request'],
    ['scope', 'client_credentials', 4_096, 'invalid_scope'],
    ['resource', 'client_credentials', 2_048, 'invalid_target'],
    ['audience', 'client_credentials', 2_048, 'invalid_target'],
  ])(
    'TX-05 CVE-2026-9704 %s at 1×, 4× and 20× its limit is refused, never dropped',
    async (name, grantType, limit, error) => {
      const client = grantType === 'client_credentials' ? service() : basic('web', SECRET);
      for (const times of [1, 4, 20]) {
        const form = { grant_type: grantType, code: 'x', refresh_token: 'x', [name]: 'x'.repeat(limit * times + 1) };
        const answer = await postForm(url, form, client);
        expectJsonError(answer, answer.status === 413 ? 413 : 400, answer.status === 413 ? 'invalid_request' : error);
      }
    },
  );

  it('TX-05 CVE-2026-9704 an oversized subject_token never becomes a client-credentials token', async () => {
    const answer = await ask({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'x'.repeat(20_000),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    });
    expectJsonError(answer, 400, 'unsupported_grant_type');
  });

  it('X8 refusals are JSON in printable ASCII whatever the request holds', async () => {
    for (const junk of ['"><script>alert(1)</script>', 'é🙂', '\\', '\r\nset-cookie: a=b', '\u007f']) {
      expectJsonError(await ask({ grant_type: junk }), 400, 'unsupported_grant_type', '<script>');
      const scope = await ask({ grant_type: 'client_credentials', scope: junk });
      expectJsonError(scope, 400, 'invalid_scope', '<script>');
    }
  });

  it('MT-04 a body or header that names a tenant has no effect', async () => {
    // Installed beside ours by the suite itself.
    const other = { id: 'smoke' };
    const form = { grant_type: 'client_credentials', env: other.id, tenant_id: other.id, environment: other.id };
    const answer = await postForm(url, form, { ...service(), 'x-env': other.id, 'x-tenant-id': other.id });
    const [, payload = ''] = (answer.json()['access_token'] as string).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iss: tenant.issuer });
  });
});
