import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import cookie from '@fastify/cookie';
import { ENDPOINTS, HttpCall, type HttpReply, Subject } from '@grantway/contracts';
import { Bus, createLogger, Metrics, Readiness } from '@grantway/platform';
import { validateSync } from 'class-validator';
import { type FastifyInstance, fastify } from 'fastify';
import { CookieJar } from './cookies.js';
import { CrossOrigin } from './cross-origin.js';
import { Dispatcher } from './dispatcher.js';
import { HttpDoor } from './http-door.js';
import { RequestWatch } from './request-watch.js';

const FORM = 'application/x-www-form-urlencoded';
const OK: HttpReply = { kind: 'json', status: 200, body: { ok: true } };

/** Keeps what reached a service, and answers it. */
class RecordingBus extends Bus {
  readonly connected = true;
  readonly calls: HttpCall[] = [];
  reply: HttpReply = OK;

  publish(): boolean {
    return true;
  }

  async request<Reply>(subject: string, message: unknown): Promise<Reply> {
    if (subject === Subject.AllowOrigin) return { allowed: true } as Reply;
    this.calls.push(message as HttpCall);
    return this.reply as Reply;
  }
}

async function house(publicUrl = 'https://login.example.com') {
  const bus = new RecordingBus();
  const logger = createLogger('gateway', 'silent');
  const metrics = new Metrics();
  const door = new HttpDoor(
    { publicUrl, requestTimeoutMs: 5_000 },
    new CookieJar(publicUrl),
    new Dispatcher(bus, logger),
    new CrossOrigin(bus),
    new Readiness([]),
    logger,
    new RequestWatch(metrics),
  );
  const app = fastify({ bodyLimit: 65_536, forceCloseConnections: true });
  await app.register(cookie);
  await app.register(async (scope) => door.open(scope as never));
  await app.listen({ port: 0, host: '127.0.0.1' });
  running.push(app);
  const { port } = app.server.address() as AddressInfo;
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body: string | Buffer = '') =>
    exchange(port, method, path, headers, body);
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = { 'content-type': FORM }) =>
    ask('POST', path, headers, body);
  return { bus, ask, post, metrics };
}

const running: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request, its path and headers exactly as given. */
function exchange(port: number, method: string, path: string, headers: Record<string, string>, body: string | Buffer) {
  return new Promise<Reply>((resolve, reject) => {
    const length = body.length > 0 ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const sent = request({ port, method, path, headers: { ...headers, ...length } }, (answer) => {
      text(answer).then(
        (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const methodsOf = (path: string) =>
  ENDPOINTS.filter((endpoint) => endpoint.path === path).flatMap(({ methods }) => methods);
const urlOf = (path: string) => path.replace(':environment', 'acme').replace(':id', 'an-id');
const PATHS = [...new Set(ENDPOINTS.map(({ path }) => path))];

describe('HttpDoor', () => {
  it.each(PATHS)('X1 AZ-19 %s: another method is 405 and says which there are', async (path) => {
    const { ask, bus } = await house();
    const allowed = methodsOf(path);
    const others = (['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const).filter(
      (method) => !allowed.includes(method as 'GET'),
    );
    for (const method of others) {
      const reply = await ask(method, urlOf(path));
      expect([reply.status, reply.headers.allow]).toEqual([405, allowed.join(', ')]);
    }
    expect(bus.calls).toEqual([]);
  });

  it('AZ-19 HEAD begins nothing', async () => {
    const { ask, bus } = await house();
    expect((await ask('HEAD', '/acme/as/authorize?client_id=x')).status).toBe(405);
    expect(bus.calls).toEqual([]);
  });

  it.each([
    'application/json',
    'application/json\ta',
    ' application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded; charset=utf-16',
    'application/x-www-form-urlencodedx',
    '',
  ])('HT-01 X1 a body of media type "%s" is refused', async (type) => {
    const { post, bus } = await house();
    const reply = await post('/acme/as/token', 'grant_type=client_credentials', type ? { 'content-type': type } : {});
    expect([400, 415]).toContain(reply.status);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(bus.calls).toEqual([]);
  });

  it.each([FORM, `${FORM}; charset=utf-8`, `${FORM};charset=UTF-8`, FORM.toUpperCase()])(
    'X1 %s is a form',
    async (type) => {
      const { post, bus } = await house();
      await post('/acme/as/token', 'grant_type=client_credentials&resource=a&resource=b', { 'content-type': type });
      expect({ ...bus.calls[0]?.form }).toEqual({ grant_type: ['client_credentials'], resource: ['a', 'b'] });
    },
  );

  it.each([
    ['a NUL', 'a=%00', 400],
    ['broken UTF-8', Buffer.from([0x61, 0x3d, 0xff]), 400],
    ['a broken escape', 'a=%zz', 400],
    ['10 000 fields', 'a=1&'.repeat(10_000), 400],
    ['X15 more than 64 KB', 'a'.repeat(65_537), 413],
  ])('HT-01 a form with %s', async (_what, body, status) => {
    const { post, bus } = await house();
    const reply = await post('/acme/as/token', body);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.body)).toHaveProperty('error', 'invalid_request');
    expect(bus.calls).toEqual([]);
  });

  it.each([
    ['a NUL', '?a=%00', 400],
    ['broken UTF-8', '?a=%ff', 400],
    ['AZ-18 more than 8 KB', `?a=${'a'.repeat(8_192)}`, 414],
  ])('HT-01 a query with %s is told on a page', async (_what, query, status) => {
    const { ask, bus } = await house();
    const reply = await ask('GET', `/acme/as/authorize${query}`);
    expect(reply.status).toBe(status);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.headers.location).toBeUndefined();
    expect(bus.calls).toEqual([]);
  });

  it.each([
    '/Acme/as/jwks',
    '/a.b/as/jwks',
    '/%2e%2e/as/jwks',
    '/acme%2fx/as/jwks',
    '/acme;x/as/jwks',
    '//as/jwks',
    '/acme/as/jwks/',
    '/acme/as/other',
    '/',
  ])('HT-02 %s is not served', async (url) => {
    const { ask, bus } = await house();
    expect((await ask('GET', url)).status).toBe(404);
    expect(bus.calls).toEqual([]);
  });

  it('house: what reaches a service fits its contract', async () => {
    const { ask, bus } = await house();
    await ask('GET', '/acme/as/authorize?scope=openid&state=%C3%A9&__proto__=x', {
      ...{
        authorization: 'Basic x',
        origin: 'https://spa.example',
        cookie: '__Host-ST-acme=s; __Host-SB-acme=b; other=x',
      },
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    const [call] = bus.calls as [HttpCall];
    expect(validateSync(Object.assign(new HttpCall(), JSON.parse(JSON.stringify(call))))).toEqual([]);
    expect(call).toMatchObject({
      ...{ environmentId: 'acme', method: 'GET', authorization: 'Basic x', origin: 'https://spa.example', form: {} },
      cookies: { session: 's', browser: 'b' },
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    expect(call.deadline - call.receivedAt).toBe(5_000);
  });

  it('HT-05 MT-02 a forwarded address, a trace that is none and a tenant in a header have no effect', async () => {
    const { ask, bus } = await house();
    const headers = {
      ...{ 'x-forwarded-for': '127.0.0.9', 'x-forwarded-host': 'evil', host: 'evil', 'x-env': 'other' },
      traceparent: 'x y',
    };
    await ask('GET', '/acme/as/authorize', headers);
    expect(bus.calls[0]).toMatchObject({ ip: '127.0.0.1', environmentId: 'acme' });
    expect(bus.calls[0]).not.toHaveProperty('traceparent');
  });

  it('AZ-08 a redirect is 303, with the common headers', async () => {
    const { ask, bus } = await house();
    bus.reply = {
      kind: 'redirect',
      location: '/acme/signon?flowId=1',
      cookies: [
        { name: 'browser', value: 'b' },
        { name: 'session', value: null },
      ],
    };
    const reply = await ask('GET', '/acme/as/authorize');
    expect(reply.status).toBe(303);
    expect(reply.headers).toMatchObject({
      ...{ location: '/acme/signon?flowId=1', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' },
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    const [browser, session] = reply.headers['set-cookie'] as string[];
    expect(browser).toBe('__Host-SB-acme=b; Path=/; HttpOnly; Secure; SameSite=Lax');
    expect(session).toMatch(/^__Host-ST-acme=; .*Expires=Thu, 01 Jan 1970/);
  });

  it('AZ-10 a page cannot be framed, and takes nothing from elsewhere', async () => {
    const { ask, bus } = await house();
    bus.reply = {
      kind: 'page',
      status: 400,
      page: { page: 'error', kind: 'bad_request', status: 400, requestId: 'r' },
    };
    const reply = await ask('GET', '/acme/as/authorize', { origin: 'https://evil.example' });
    expect(reply.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
    expect(reply.headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('HT-04 an allowed origin may read the token endpoint, and a preflight says so', async () => {
    const { ask, post } = await house();
    const reply = await post('/acme/as/token', 'grant_type=x', { 'content-type': FORM, origin: 'https://spa.example' });
    expect(reply.headers).toMatchObject({ 'access-control-allow-origin': 'https://spa.example', vary: 'Origin' });
    const preflight = await ask('OPTIONS', '/acme/as/token', { origin: 'https://spa.example' });
    expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([204, 'GET, POST']);
    const forbidden = await ask('OPTIONS', '/acme/signon', { origin: 'https://spa.example' });
    expect(forbidden.status).toBe(405);
    expect(forbidden.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('HT-04 a cache between us and a browser is told that the answer depends on the origin', async () => {
    const { ask } = await house();
    expect((await ask('GET', '/acme/as/jwks')).headers['vary']).toBe('Origin');
  });

  it('X8 a fault of the door itself is 500 and tells nothing', async () => {
    const { ask, bus } = await house();
    bus.request = () => Promise.reject(new TypeError('secret detail'));
    const reply = await ask('GET', '/acme/as/jwks');
    expect(reply.status).toBe(500);
    expect(reply.body).not.toContain('secret detail');
    expect(JSON.parse(reply.body)).toHaveProperty('error', 'server_error');
  });

  it('house: health is answered at the door', async () => {
    const { ask } = await house();
    const answers = await Promise.all(['/healthz', '/readyz'].map((url) => ask('GET', url)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('house: an action reaches its service with the id of its route', async () => {
    const { post, bus } = await house();
    await post('/acme/flows/flow-1', '{"accept":true}', {
      'content-type': 'application/vnd.pingidentity.user.consent+json',
    });
    expect(bus.calls[0]).toMatchObject({ id: 'flow-1', action: 'user.consent', json: { accept: true }, form: {} });
    expect(validateSync(Object.assign(new HttpCall(), JSON.parse(JSON.stringify(bus.calls[0]))))).toEqual([]);
  });

  it.each(['%2e%2e', 'a%2fb', 'a;b', `${'a'.repeat(129)}`, 'a%00'])('HT-02 "%s" is no id', async (id) => {
    const { ask, bus } = await house();
    expect([400, 404]).toContain((await ask('GET', `/acme/flows/${id}`)).status);
    expect(bus.calls).toEqual([]);
  });

  it('P2 X15 a pushed request may be as large as a megabyte, and no larger', async () => {
    const { post, bus } = await house();
    expect((await post('/acme/as/par', `a=${'b'.repeat(900_000)}`)).status).toBe(200);
    expect((await post('/acme/as/par', `a=${'b'.repeat(1_000_001)}`)).status).toBe(413);
    expect(bus.calls).toHaveLength(1);
  });

  it('HT-04 cookies go with scripts of listed origins only where a sign-on page needs them', async () => {
    const { ask } = await house();
    const headers = { origin: 'https://spa.example' };
    const allowed = async (path: string) =>
      (await ask('GET', path, headers)).headers['access-control-allow-credentials'];
    expect(await allowed('/acme/flows/flow-1')).toBe('true');
    expect(await allowed('/acme/as/userinfo')).toBeUndefined();
  });

  it('house: a document that is kept reads the same for everybody, and each environment its own', async () => {
    const { ask, bus } = await house();
    const read = async (environment: string, key: string) => {
      bus.reply = { kind: 'json', status: 200, headers: { 'cache-control': 'max-age=60' }, body: { key } };
      const { status, headers, body } = await ask('GET', `/${environment}/as/jwks`);
      return [status, headers['content-length'], headers['cache-control'], body];
    };
    const first = [200, '15', 'max-age=60', '{"key":"first"}'];
    expect(await read('acme', 'first')).toEqual(first);
    expect(await read('acme', 'second')).toEqual(first);
    expect(await read('pots', 'é')).toEqual([200, '12', 'max-age=60', '{"key":"é"}']);
    expect(bus.calls).toHaveLength(2);
  });

  it('I12 what comes is counted by the endpoint table’s words, whatever was sent', async () => {
    const { ask, post, metrics } = await house();
    await post('/acme/as/token?secret=s3cret', 'grant_type=client_credentials');
    await post('/acme/as/token', 'x', { 'content-type': 'text/plain' });
    await ask('PROPFIND', '/acme/as/token');
    await ask('GET', '/nobody/lives/here');
    await ask('GET', '/_assets/nothing');
    await ask('GET', '/healthz');
    const { text } = await metrics.page();
    expect(text.match(/^grantway_http_requests_total.*$/gm)).toEqual([
      'grantway_http_requests_total{endpoint="/:environment/as/token",method="POST",status="200"} 1',
      'grantway_http_requests_total{endpoint="/:environment/as/token",method="POST",status="400"} 1',
      'grantway_http_requests_total{endpoint="/:environment/as/token",method="other",status="405"} 1',
      'grantway_http_requests_total{endpoint="none",method="GET",status="404"} 1',
      'grantway_http_requests_total{endpoint="/_assets/*",method="GET",status="404"} 1',
      'grantway_http_requests_total{endpoint="/healthz",method="GET",status="200"} 1',
    ]);
    expect(text).toContain('grantway_http_request_duration_seconds_count{endpoint="/:environment/as/token"} 3');
    expect(text).not.toMatch(/request_duration_seconds_sum\{endpoint="[^"]*token"\} 0$/m);
  });
});
