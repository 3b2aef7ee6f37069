import { Tenant } from './support/environments.js';
import { type Answer, basic } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { expectJsonError, expectRefusal } from './support/verdict.js';

/** What proxies add, and strangers pretend. */
const SPOOFS = (n: number): Record<string, string>[] => [
  { 'x-forwarded-for': `203.0.113.${n}` },
  { 'x-forwarded-for': `127.0.0.1, 203.0.113.${n}` },
  { 'x-real-ip': `203.0.113.${n}` },
  { forwarded: `for=203.0.113.${n}` },
  { 'cf-connecting-ip': `203.0.113.${n}`, 'true-client-ip': `203.0.113.${n}`, 'x-client-ip': `203.0.113.${n}` },
];

describe('HT-05 whose address counts', () => {
  const ask = (
    tenant: Tenant,
    secret: string,
    headers: Record<string, string> = {},
    localAddress?: string,
  ): Promise<Answer> =>
    rawRequest(`${tenant.issuer}/token`, {
      method: 'POST',
      headers: { ...basic('service', secret), 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: 'grant_type=client_credentials',
      ...(localAddress !== undefined && { localAddress }),
    });

  it('HT-05 CVE-2024-47070 CA-01 a guesser who claims another address every time runs into the same limit', async () => {
    const tenant = await Tenant.create();
    const secret = tenant.client('service').secret as string;
    let limited: Answer | undefined;
    for (let n = 0; n < 60 && limited === undefined; n += 1) {
      const answer = await ask(tenant, `wrong-${n}`, SPOOFS(n)[n % 5]);
      expectRefusal(answer);
      if (answer.status === 429) limited = answer;
    }
    expectJsonError(limited as Answer, 429, 'too_many_requests');
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const headers of SPOOFS(250)) expectJsonError(await ask(tenant, 'wrong', headers), 429, 'too_many_requests');
    // The control: somebody who really sits elsewhere is not held up.
    expect((await ask(tenant, secret, {}, '127.0.0.77')).status).toBe(200);
  });

  it('HT-05 claiming the limited address does not make a stranger wait', async () => {
    const tenant = await Tenant.create();
    const secret = tenant.client('service').secret as string;
    const guess = () => ask(tenant, 'wrong', {}, '127.0.0.78');
    for (let n = 0; n < 60 && (await guess()).status !== 429; n += 1);
    expectJsonError(await guess(), 429, 'too_many_requests');
    expect((await ask(tenant, secret, { 'x-forwarded-for': '127.0.0.78' })).status).toBe(200);
  });

  it('HT-07 SE-02 a secret wrong in its first byte, in its last, too short, and of no client at all: the same bytes', async () => {
    const tenant = await Tenant.create();
    const secret = tenant.client('service').secret as string;
    const guesses = [`X${secret.slice(1)}`, `${secret.slice(0, -1)}X`, secret.slice(0, -1), `${secret}X`, '-'];
    const answers = [];
    for (const guess of guesses) answers.push(await ask(tenant, guess));
    answers.push(await ask(tenant, secret, basic('nobody', secret)));
    for (const answer of answers) expectJsonError(answer, 401, 'invalid_client', secret);
    expect(new Set(answers.map(({ text, headers }) => text + headers.get('www-authenticate'))).size).toBe(1);
    expect((await ask(tenant, secret)).status).toBe(200);
  });
});
