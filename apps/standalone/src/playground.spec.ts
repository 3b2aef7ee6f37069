import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readEnvironmentFiles } from '@grantway/admin';
import { DEMO } from '@grantway/example-relying-party';
import Fastify, { type FastifyInstance } from 'fastify';
import { mountPlayground } from './playground.js';

const FILE = 'deploy/environments/demo.yaml';
const SECRETS = Object.values(DEMO).flatMap(({ secret }) => secret ?? []);

interface Asked {
  url: string;
  authorization: string;
  form: Record<string, string>;
}

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
  json(): { error?: string; request?: unknown; response?: unknown; clients?: unknown };
}

/** An issuer that says yes to everything and remembers what it was asked. */
async function fakeIssuer() {
  const asked: Asked[] = [];
  let metadata: Record<string, unknown> = {};
  const server: Server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { url = '', headers } = request;
    if (url.endsWith('openid-configuration')) return response.end(JSON.stringify(metadata));
    asked.push({
      url,
      authorization: headers.authorization ?? '',
      form: Object.fromEntries(new URLSearchParams(body)),
    });
    response.writeHead(400, { 'content-type': 'application/json', 'x-private': 'inside' });
    return response.end('{"error":"authorization_pending"}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}/demo/as`;
  metadata = {
    issuer,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    backchannel_authentication_endpoint: `${issuer}/bc-authorize`,
  };
  return { server, origin, asked, change: (more: object) => Object.assign(metadata, more) };
}

describe('the mounted playground', () => {
  let house: Awaited<ReturnType<typeof fakeIssuer>>;
  let fastify: FastifyInstance;

  beforeEach(async () => {
    house = await fakeIssuer();
    fastify = Fastify();
    mountPlayground(fastify, house.origin);
    await fastify.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    await fastify.close();
    house.server.close();
    house.server.closeAllConnections();
  });

  /** As it is written: no address is tidied up, no header is added. */
  async function send(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
    const { port } = fastify.server.address() as AddressInfo;
    const options = { host: '127.0.0.1', port, method, path, agent: false as const };
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ ...options, headers: { 'content-length': Buffer.byteLength(body), ...headers } }, resolve)
        .on('error', reject)
        .end(body);
    });
    const text = Buffer.concat(await incoming.toArray()).toString();
    return { status: incoming.statusCode, headers: incoming.headers, text, json: () => JSON.parse(text) };
  }
  const post = (step: string, params: unknown = {}, headers: Record<string, string> = {}) =>
    send(
      'POST',
      `/playground/backend/${step}`,
      { origin: house.origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...headers },
      typeof params === 'string' ? params : JSON.stringify(params),
    );

  it.each([
    ['/playground', 308],
    ['/playground/', 200],
    ['/playground/callback?code=x', 200],
    ['/playground/app/device/index.js', 200],
    ['/playground/oauth4webapi.js', 200],
    ['/playground/lean-qr.js', 200],
    ['/playground/server/demo.js', 404],
    ['/playground/../package.json', 404],
  ])('house: GET %s', async (url, status) => {
    const answer = await send('GET', url);
    expect(answer.status).toBe(status);
    if (status === 404) return;
    expect(answer.headers['content-security-policy']).toContain("script-src 'self';");
    for (const secret of SECRETS) expect(answer.text).not.toContain(secret);
  });

  it('house: the missing slash is added, and which tab was meant is kept', async () => {
    expect((await send('GET', '/playground?flow=device')).headers.location).toBe('/playground/?flow=device');
    expect((await send('GET', '/playground')).headers.location).toBe('/playground/');
  });

  it('house: the page is told who plays what, without secrets', async () => {
    const { clients } = (await send('GET', '/playground/config.json')).json();
    expect(clients).toMatchObject({ device: 'tv', ciba: 'callcenter', ledger: 'ledger' });
    expect(JSON.stringify(clients)).not.toContain('secret');
  });

  describe('its backend', () => {
    it.each([
      ['ciba-start', { login_hint: 'ada', binding_message: '' }, 'bc-authorize', 'ciba', { login_hint: 'ada' }],
      [
        'ciba-token',
        { auth_req_id: 'a' },
        'token',
        'ciba',
        { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'a' },
      ],
      ['machine-token', { scope: 's' }, 'token', 'machine', { grant_type: 'client_credentials', scope: 's' }],
      ['machine-revoke', { token: 't' }, 'revoke', 'machine', { token: 't' }],
      ['orders-introspect', { token: 't' }, 'introspect', 'orders', { token: 't' }],
      ['ledger-introspect', { token: 't' }, 'introspect', 'ledger', { token: 't' }],
      ['exchange-actor', {}, 'token', 'exchange', { grant_type: 'client_credentials' }],
      ['password-token', { password: 'p w' }, 'token', 'password', { grant_type: 'password', password: 'p w' }],
    ] as const)('house: %s is one request, as the one who has the secret', async (step, params, path, role, form) => {
      const answer = await post(step, params);
      const { id, secret } = DEMO[role];
      const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
      expect(house.asked).toEqual([{ url: `/demo/as/${path}`, authorization, form }]);
      expect(answer.status).toBe(200);
      expect(answer.json().response).toEqual({
        status: 400,
        headers: { 'content-type': 'application/json' },
        body: '{"error":"authorization_pending"}',
      });
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it('house: what was sent is shown with dots for secrets', async () => {
      const answer = await post('password-token', { username: 'ada', password: 'correct horse' });
      expect(answer.json().request).toEqual({
        method: 'POST',
        url: `${house.origin}/demo/as/token`,
        authorization: 'Basic legacy-app:••••••••',
        form: [
          ['grant_type', 'password'],
          ['username', 'ada'],
          ['password', '••••••••'],
        ],
      });
      for (const secret of [...SECRETS, 'correct horse']) {
        expect(answer.text).not.toContain(secret);
        expect(answer.text).not.toContain(Buffer.from(`legacy-app:${secret}`).toString('base64'));
      }
    });

    it.each([
      ['another origin', { origin: 'https://evil.example' }],
      ['a sandboxed page', { origin: 'null' }],
      ['a neighbour', { 'sec-fetch-site': 'same-site' }],
      ['an address that was typed', { 'sec-fetch-site': 'none' }],
      ['a host of the same name elsewhere', { origin: 'https://evil.example', host: 'evil.example' }],
    ])('HT-04 %s may not spend its secrets', async (_who, headers: Record<string, string>) => {
      const answer = await post('machine-token', {}, headers);
      expect([answer.status, answer.json().error]).toEqual([403, 'foreign_origin']);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(house.asked).toEqual([]);
    });

    it('HT-04 nobody at all may neither', async () => {
      const url = '/playground/backend/machine-token';
      expect((await send('POST', url, { 'content-type': 'application/json' }, '{}')).status).toBe(403);
      expect((await send('GET', url)).status).toBe(405);
      expect(house.asked).toEqual([]);
    });

    it.each([
      ['an unknown step', 'nonsense', {}, {}, 404, 'unknown_step'],
      ['a name every object has', 'constructor', {}, {}, 404, 'unknown_step'],
      ['a parameter of its own', 'machine-token', { grant_type: 'password' }, {}, 400, 'invalid_request'],
      ['the prototype', 'machine-token', '{"__proto__":{"scope":"x"}}', {}, 400, 'invalid_request'],
      ['a number', 'machine-token', { scope: 1 }, {}, 400, 'invalid_request'],
      ['a list', 'machine-token', [], {}, 400, 'invalid_request'],
      ['nonsense', 'machine-token', '{', {}, 400, 'invalid_request'],
      [
        'a form',
        'machine-token',
        'scope=x',
        { 'content-type': 'application/x-www-form-urlencoded' },
        415,
        'invalid_request',
      ],
      ['too much', 'machine-token', { scope: 'x'.repeat(48_000) }, {}, 413, 'invalid_request'],
    ] as [string, string, unknown, Record<string, string>, number, string][])(
      'house: %s is refused, and the issuer is not asked',
      async (_what, step, params, headers, status, error) => {
        const answer = await post(step, params, headers);
        expect([answer.status, answer.json().error]).toEqual([status, error]);
        expect(house.asked).toEqual([]);
      },
    );

    it('RFC 8414 §3.3 the metadata of somebody else gets no secret', async () => {
      house.change({ issuer: 'https://evil.example' });
      const answer = await post('machine-token');
      expect([answer.status, answer.json().error]).toEqual([502, 'issuer_unreachable']);
      expect(house.asked).toEqual([]);
      // A failure is not kept.
      house.change({ issuer: `${house.origin}/demo/as` });
      expect((await post('machine-token')).status).toBe(200);
    });

    it('house: an endpoint that is not offered, and an issuer that is gone', async () => {
      house.change({ backchannel_authentication_endpoint: undefined });
      expect((await post('ciba-start')).json().error).toBe('not_offered');
      house.server.close();
      house.server.closeAllConnections();
      const answer = await post('machine-token');
      expect([answer.status, answer.json()]).toEqual([
        502,
        { error: 'issuer_unreachable', error_description: 'ECONNREFUSED' },
      ]);
    });
  });
});

describe('who the playground plays', () => {
  const keeper = { hash: (secret: string) => secret, wrapSha256: (digest: string) => digest, seal: () => '' };
  const [demo] = readEnvironmentFiles(
    [{ file: FILE, text: readFileSync(new URL(`../../../${FILE}`, import.meta.url), 'utf8') }],
    { PUBLIC_URL: 'http://localhost:3000' },
    keeper,
  );

  it.each(Object.entries(DEMO))('house: %s is in the demo environment', (_role, { id, secret }) => {
    const client = demo?.clients.find((one) => one.id === id);
    const hashes = client?.secretHashes ?? demo?.resources.find(({ name }) => name === id)?.introspectionSecretHashes;
    expect(hashes).toEqual(secret === undefined ? [] : [secret]);
  });
});
