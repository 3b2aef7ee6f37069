import { randomInt } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { assertionClaims, assertionForm, ClientKey } from './support/client-jwt.js';
import { type ClientEntry, Tenant } from './support/environments.js';
import { type Answer, postForm } from './support/http.js';
import { Site } from './support/site.js';
import { expectJsonError, expectRedirectError } from './support/verdict.js';

const KEY = ClientKey.make();
const KEY_SET = { keys: [KEY.publicJwk] };
const SAID = 'what-the-site-said-and-nobody-else-may-hear';
/** A loopback address and a usual port of this run's own: whatever came would be seen. */
const HOST = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
const PORT = 8443;

/** An environment of clients whose keys are at these addresses. */
async function tenantWith(addresses: readonly string[], privateAddresses: boolean): Promise<Tenant> {
  return Tenant.create((file) => {
    file.outbound = { privateAddresses };
    file.clients.push(
      ...addresses.map(
        (jwksUri, index): ClientEntry => ({
          ...{ id: `rp-${index}`, auth: 'private_key_jwt', jwksUri },
          ...{ grantTypes: ['client_credentials'], scopes: ['orders:read'], defaultScopes: ['orders:read'] },
        }),
      ),
    );
  });
}

function ask(tenant: Tenant, client: string, header: object = {}, key = KEY): Promise<Answer> {
  const jwt = key.jwt(assertionClaims(client, tenant.issuer), header);
  return postForm(`${tenant.issuer}/token`, { grant_type: 'client_credentials', ...assertionForm(jwt) });
}

describe('addresses that clients name, catalogue DR-05', () => {
  const sites: Site[] = [];
  const site = async (answer: RequestListener | object, host?: string, port?: number): Promise<Site> => {
    const opened =
      typeof answer === 'function' ? Site.open(answer as RequestListener, host, port) : Site.serving(answer);
    sites.push(await opened);
    return opened;
  };
  afterAll(() => Promise.all(sites.map((each) => each.close())));

  describe('where private addresses are not allowed', () => {
    const [first, second, third, fourth] = HOST.split('.').map(Number) as [number, number, number, number];
    const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
    const inHex = `${hex(first, second)}:${hex(third, fourth)}`;
    const hosts = [
      ...[
        HOST,
        String(((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0),
        `0x7f.${second}.${third}.${fourth}`,
      ],
      ...[`[::ffff:${HOST}]`, `[::ffff:${inHex}]`, `[::${inHex}]`, `[64:ff9b::${inHex}]`, `[2002:${inHex}::1]`],
      ...['localhost', '[::1]', '10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '[fd00::1]'],
      ...['[fe80::1]', '0.0.0.0', '[::]', '224.0.0.1', '255.255.255.255'],
    ];
    let listener: Site;
    let tenant: Tenant;

    beforeAll(async () => {
      listener = await site((_request, response) => void response.end(JSON.stringify(KEY_SET)), HOST, PORT);
      tenant = await tenantWith(
        hosts.map((host) => `https://${host}:${PORT}/jwks`),
        false,
      );
    }, 180_000);

    it.each(hosts.map((host, index) => [host, `rp-${index}`] as const))(
      'DR-05 PR-05 CVE-2020-10770 CVE-2026-1180 CVE-2026-4874 CVE-2024-49753 jwksUri at %s → 401 invalid_client, and nobody is called',
      async (_host, client) => {
        expectJsonError(await ask(tenant, client), 401, 'invalid_client', SAID);
        expect(listener.connections).toBe(0);
      },
    );

    it('DR-05 the same address where they are allowed is called, so the listener would have seen it', async () => {
      const allowed = await tenantWith([`https://${HOST}:${PORT}/jwks`], true);
      // It speaks no TLS.
      expectJsonError(await ask(allowed, 'rp-0'), 401, 'invalid_client');
      expect(listener.connections).toBeGreaterThan(0);
    });
  });

  describe('where private addresses are allowed', () => {
    const answers: Record<string, RequestListener> = {
      good: (_request, response) => void response.end(JSON.stringify(KEY_SET)),
      away: (_request, response) => void response.writeHead(503).end(SAID),
      'no JSON': (_request, response) => void response.end(`<html>${SAID}`),
      'no key set': (_request, response) => void response.end(JSON.stringify({ said: SAID })),
      'an empty key set': (_request, response) => void response.end('{"keys":[]}'),
      'keys that are none': (_request, response) =>
        void response.end(JSON.stringify({ keys: [null, 1, SAID, {}, []] })),
      'more than 64 KB': (_request, response) =>
        void response.end(JSON.stringify({ ...KEY_SET, pad: SAID.padEnd(70_000, 'x') })),
      'no end': (_request, response) => void response.write(`{"keys":[],"said":"${SAID}`),
      'no answer': () => {},
    };
    let tenant: Tenant;
    let target: Site;
    let redirecting: Site[];

    beforeAll(async () => {
      const served = [];
      for (const answer of Object.values(answers)) served.push(await site(answer));
      target = await site(KEY_SET);
      redirecting = [];
      for (const status of [301, 302, 307, 308]) {
        redirecting.push(
          await site((_request, response) => void response.writeHead(status, { location: target.url }).end(SAID)),
        );
      }
      tenant = await tenantWith(
        [...served, ...redirecting].map(({ url }) => url),
        true,
      );
    }, 180_000);

    it('X5 keys at a site of the client’s own → 200, and it is asked once', async () => {
      for (let time = 0; time < 3; time += 1) expect((await ask(tenant, 'rp-0')).status).toBe(200);
      expectJsonError(await ask(tenant, 'rp-0', {}, ClientKey.make('ES256', KEY.kid)), 401, 'invalid_client');
      // Once a replica.
      expect(sites.find(({ url }) => url === tenant.client('rp-0').jwksUri)?.requests).toBeLessThanOrEqual(3);
    });

    it.each(Object.keys(answers).flatMap((what, index) => (what === 'good' ? [] : [[what, `rp-${index}`] as const])))(
      'DR-05 a site with %s → 401 invalid_client in time, told as any wrong key',
      async (_what, client) => {
        const answer = await ask(tenant, client);
        expectJsonError(answer, 401, 'invalid_client', SAID);
        expect(answer.text).toBe((await ask(tenant, 'rp-0', {}, ClientKey.make())).text);
      },
    );

    it('DR-05 a redirect is not followed, wherever it leads', async () => {
      for (const [index, each] of redirecting.entries()) {
        expectJsonError(await ask(tenant, `rp-${Object.keys(answers).length + index}`), 401, 'invalid_client', SAID);
        expect(each.requests).toBeGreaterThan(0);
      }
      expect(target.connections).toBe(0);
    });

    it.each(['jku', 'x5u'])('JW-02 %s in an assertion’s header is called by nobody', async (name) => {
      const listener = await site(KEY_SET);
      expectJsonError(await ask(tenant, 'rp-0', { [name]: listener.url }), 401, 'invalid_client');
      expect(listener.connections).toBe(0);
      expect((await ask(tenant, 'rp-0')).status).toBe(200);
    });

    it('PR-05 CVE-2020-10770 request_uri at the authorization endpoint is called by nobody', async () => {
      const listener = await site(KEY_SET);
      const web = tenant.app();
      for (const request_uri of [listener.url, 'http://169.254.169.254/', 'https://evil.example/x']) {
        const answer = await tenant.person().get(web.authorizeUrl({ request_uri }));
        const { error = '' } = answer.location ? answer.params() : {};
        if (answer.location) expectRedirectError(answer, web, error);
        else expect(answer.status).toBe(400);
        expect(['', 'request_uri_not_supported', 'invalid_request_uri', 'invalid_request']).toContain(error);
      }
      expect(listener.connections).toBe(0);
    });
  });
});
