import type { Tokens } from './support/app.js';
import { ADA, Tenant } from './support/environments.js';
import { type Answer, request } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { target } from './support/target.js';

const OURS = 'https://spa.example';

describe('HT-04 who may read answers from another origin', () => {
  let tenant: Tenant;
  let neighbour: Tenant;
  let tokens: Tokens;

  beforeAll(async () => {
    [tenant, neighbour] = await Promise.all([
      Tenant.create(),
      Tenant.create((file) => {
        for (const client of file.clients) {
          if (client.allowedOrigins) client.allowedOrigins = ['https://neighbour.example'];
        }
      }),
    ]);
    tokens = await tenant.app('spa').tokens(ADA);
  });

  const readable = () => [
    `${tenant.issuer}/token`,
    `${tenant.issuer}/userinfo`,
    `${tenant.issuer}/jwks`,
    `${tenant.issuer}/.well-known/openid-configuration`,
    `${target.baseUrl}/.well-known/oauth-authorization-server/${tenant.id}/as`,
  ];
  const unreadable = () => [
    tenant.app('spa').authorizeUrl(),
    `${tenant.issuer}/resume?flowId=x`,
    `${target.baseUrl}/${tenant.id}/signon?flowId=x`,
    `${target.baseUrl}/nowhere`,
  ];
  const ask = (url: string, origin: string, more: Record<string, string> = {}): Promise<Answer> =>
    rawRequest(url, { method: url.endsWith('/token') ? 'POST' : 'GET', headers: { origin, ...more } });
  const preflight = (url: string, origin: string, method = 'POST'): Promise<Answer> =>
    rawRequest(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' },
    });
  const granted = ({ headers }: Answer) =>
    [...headers].filter(([name]) => name.startsWith('access-control-allow-')).map(([name]) => name);

  it('HT-04 the exact origin a client registered may read tokens, userinfo, keys and metadata, errors too', async () => {
    for (const url of readable()) {
      const answer = await ask(url, OURS);
      expect([url, answer.headers.get('access-control-allow-origin')]).toEqual([url, OURS]);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(answer.headers.get('vary')).toContain('Origin');
    }
    const good = await ask(`${tenant.issuer}/userinfo`, OURS, { authorization: `Bearer ${tokens.access_token}` });
    expect([good.status, good.headers.get('access-control-allow-origin')]).toEqual([200, OURS]);
  });

  it.each([
    'null',
    'https://evil.example',
    'https://sub.spa.example',
    'https://spa.example.evil.example',
    'https://xspa.example',
    'http://spa.example',
    'https://spa.example:8443',
    'https://spa.example:443',
    'https://SPA.example',
    'https://spa.example/',
    'https://spa.example, https://evil.example',
    'https://evil.example https://spa.example',
    '*',
    'file://',
    'https://neighbour.example',
    'a'.repeat(4_000),
  ])('HT-04 the origin %s may read nothing', async (origin) => {
    for (const url of readable()) {
      const answers = [await ask(url, origin), await preflight(url, origin)];
      for (const answer of answers) {
        expect(answer.status).toBeLessThan(500);
        expect([url, granted(answer)]).toEqual([url, []]);
      }
    }
  });

  it('HT-04 AZ-10 pages and redirects are for nobody’s script, preflight or not', async () => {
    for (const url of unreadable()) {
      for (const origin of [OURS, 'https://evil.example', 'null']) {
        expect([url, granted(await ask(url, origin))]).toEqual([url, []]);
        const asked = await preflight(url, origin);
        expect([granted(asked), asked.status >= 400]).toEqual([[], true]);
      }
    }
  });

  it('HT-04 the preflight of a registered origin allows what an application needs, and no credentials', async () => {
    for (const url of readable()) {
      const { status, headers, text } = await preflight(url, OURS);
      expect([status, text, headers.get('access-control-allow-origin')]).toEqual([204, '', OURS]);
      expect(headers.get('access-control-allow-headers')?.toLowerCase()).toMatch(/authorization.*content-type/);
      expect(headers.get('access-control-allow-methods')).toMatch(/GET.*POST/);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('HT-04 a cache that keeps an answer to one origin is told that another gets another', async () => {
    for (const url of readable()) {
      const method = url.endsWith('/token') ? 'POST' : 'GET';
      for (const answer of [await rawRequest(url, { method }), await ask(url, 'https://evil.example')]) {
        expect([url, answer.headers.get('vary')]).toEqual([url, 'Origin']);
      }
    }
  });

  it('HT-04 MT-03 an origin of the neighbour’s is good at the neighbour’s alone', async () => {
    const url = `${neighbour.issuer}/jwks`;
    expect(granted(await ask(url, 'https://neighbour.example'))).toEqual(['access-control-allow-origin']);
    expect(granted(await ask(url, OURS))).toEqual([]);
  });

  it('HT-04 CVE-2026-37977 no token can name an origin, neither a forged nor a good one', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { 'allowed-origins': ['https://evil.example'], azp: 'spa', iss: tenant.issuer };
    const forged = `${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims)}.`;
    for (const token of [forged, tokens.access_token]) {
      const headers = { authorization: `Bearer ${token}` };
      expect(granted(await ask(`${tenant.issuer}/userinfo`, 'https://evil.example', headers))).toEqual([]);
    }
  });

  it('HT-04 an origin that is taken off the list can read nothing from the next second on', async () => {
    const own = await Tenant.create();
    const allowed = async () => granted(await ask(`${own.issuer}/jwks`, OURS)).length > 0;
    expect(await allowed()).toBe(true);
    await own.change(() => {
      own.client('spa').allowedOrigins = [];
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await allowed()).toBe(false);
    expect((await request(`${own.issuer}/jwks`)).status).toBe(200);
  });
});
