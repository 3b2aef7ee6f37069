import { randomBytes } from 'node:crypto';
import { Storage } from './support/database.js';
import { REDIRECT, Tenant } from './support/environments.js';

/** Nobody may redirect there, so nobody may register it. */
const DANGEROUS = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'http://rp.example/cb',
  'https://rp.example/cb#f',
  'https://rp.example/cb\u2603',
  'https://*.rp.example/cb',
];

describe('registering a redirect URI', () => {
  const storage = new Storage();

  afterAll(() => storage.close());

  const register = (redirectUris: string[], id: string) =>
    Tenant.create((file) => {
      file.users = [];
      file.clients = [
        { id: 'web', auth: 'none', grantTypes: ['authorization_code'], redirectUris, scopes: ['openid'] },
      ];
    }, id);

  it('AZ-04 CVE-2023-6134 CVE-2022-4361 the command takes good ones', async () => {
    const good = [REDIRECT, 'http://127.0.0.1/cb', 'http://localhost:7777/cb', 'com.example.app:/cb'];
    const { id } = await register(good, `t-${randomBytes(5).toString('hex')}`);
    const [client] = await storage.rows('SELECT redirect_uris FROM client WHERE environment_id = $1', [id]);
    expect(client).toEqual({ redirect_uris: good });
  });

  it('AZ-04 CVE-2023-6134 CVE-2022-4361 the command refuses the dangerous ones, says which, and stores no client', async () => {
    const ids = DANGEROUS.map(() => `t-${randomBytes(5).toString('hex')}`);
    const attempts = await Promise.allSettled(DANGEROUS.map((uri, index) => register([uri], ids[index] as string)));
    expect(attempts.map(({ status }) => status)).toEqual(DANGEROUS.map(() => 'rejected'));
    for (const attempt of attempts) {
      expect((attempt as PromiseRejectedResult).reason.message).toMatch(/redirectUris/);
    }
    expect(await storage.rows('SELECT id FROM client WHERE environment_id = ANY($1)', [ids])).toEqual([]);
    expect(await storage.rows('SELECT id FROM environment WHERE id = ANY($1)', [ids])).toEqual([]);
  });
});
