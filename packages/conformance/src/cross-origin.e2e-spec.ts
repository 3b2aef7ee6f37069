import type { Tokens } from './support/app.js';
import { addressOf, DOORS, type Door, doorAt } from './support/doors.js';
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

  const addresses = (which: (door: Door) => boolean) =>
    DOORS.filter(which).map((door) => addressOf(door, { baseUrl: target.baseUrl, id: tenant.id }));
  /** Answered in JSON, whoever asks, to those a client lists. */
  const readable = () => addresses(({ audience, cors }) => audience === 'client' && cors !== 'none');
  /** Where a script may ask at all; what it is told there may still be a page. */
  const askable = () => addresses(({ cors }) => cors !== 'none');
  const closed = () => [...addresses(({ cors }) => cors === 'none'), `${target.baseUrl}/nowhere`];
  const pages = () => [tenant.app('spa').authorizeUrl(), `${tenant.issuer}/resume?flowId=x`];
  const withCookies = (url: string) => (doorAt(url)?.cors === 'listed-with-cookies' ? 'true' : null);
  const methodOf = (url: string) => doorAt(url)?.methods[0] ?? 'GET';
  const ask = (url: string, origin: string, more: Record<string, string> = {}): Promise<Answer> =>
    rawRequest(url, { method: methodOf(url), headers: { origin, ...more } });
  const preflight = (url: string, origin: string, method = 'POST'): Promise<Answer> =>
    rawRequest(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' },
    });
  const granted = ({ headers }: Answer) =>
    [...headers].filter(([name]) => name.startsWith('access-control-allow-')).map(([name]) => name);

  it('HT-04 the exact origin a client registered may read what is for scripts, errors too; cookies where its own pages need them', async () => {
    for (const url of readable()) {
      const answer = await ask(url, OURS);
      expect([url, answer.headers.get('access-control-allow-origin')]).toEqual([url, OURS]);
      expect([url, answer.headers.get('access-control-allow-credentials')]).toEqual([url, withCookies(url)]);
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
    for (const url of askable()) {
      const answers = [await ask(url, origin), await preflight(url, origin)];
      for (const answer of answers) {
        expect(answer.status).toBeLessThan(500);
        expect([url, granted(answer)]).toEqual([url, []]);
      }
    }
  });

  it('HT-04 AZ-10 pages and redirects are for nobody’s script, preflight or not', async () => {
    for (const origin of [OURS, 'https://evil.example', 'null', target.baseUrl]) {
      for (const url of [...pages(), ...closed()]) {
        expect([url, granted(await ask(url, origin))]).toEqual([url, []]);
      }
      for (const url of [...pages(), ...closed()]) {
        const asked = await preflight(url, origin);
        expect([url, granted(asked), asked.status >= 400]).toEqual([url, [], true]);
      }
    }
  });

  it('HT-04 the preflight of a registered origin allows what an application needs, and no credentials but where its own pages need them', async () => {
    for (const url of readable()) {
      const { status, headers, text } = await preflight(url, OURS);
      expect([url, status, text, headers.get('access-control-allow-origin')]).toEqual([url, 204, '', OURS]);
      expect(headers.get('access-control-allow-headers')?.toLowerCase()).toMatch(/authorization.*content-type/);
      expect(headers.get('access-control-allow-methods')).toMatch(/GET.*POST/);
      expect([url, headers.get('access-control-allow-credentials')]).toEqual([url, withCookies(url)]);
    }
  });

  it('HT-04 a cache that keeps an answer to one origin is told that another gets another', async () => {
    for (const url of askable()) {
      for (const answer of [await rawRequest(url, { method: methodOf(url) }), await ask(url, 'https://evil.example')]) {
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
