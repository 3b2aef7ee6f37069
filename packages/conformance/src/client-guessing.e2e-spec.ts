import { SECRET, Tenant } from './support/environments.js';
import { Answer, basic } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { expectJsonError } from './support/verdict.js';

describe('client authentication: guessing, catalogue CA-01', () => {
  it('CA-01 X15 50 wrong secrets in a minute → 429 with Retry-After; the client itself, elsewhere, is not locked out', async () => {
    const tenant = await Tenant.create();
    // Two addresses of this machine; nothing else tells the guesser from the client.
    const url = `${tenant.issuer}/token`.replace('//localhost:', '//127.0.0.1:');
    const ask = (secret: string, localAddress: string, client = 'service'): Promise<Answer> =>
      rawRequest(url, {
        method: 'POST',
        localAddress,
        headers: { ...basic(client, secret), 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials&scope=orders:read',
      });
    const guesses: Answer[] = [];
    for (let guess = 1; guess <= 50; guess += 1) guesses.push(await ask(`${SECRET}${guess}`, '127.0.0.1'));
    const blocked = guesses.findIndex(({ status }) => status !== 401);
    for (const wrong of guesses.slice(0, blocked)) expectJsonError(wrong, 401, 'invalid_client');
    // Ten mistakes are a bad deployment, not an attack.
    expect(blocked).toBeGreaterThan(10);
    for (const refused of guesses.slice(blocked)) {
      expectJsonError(refused, 429, 'too_many_requests', SECRET);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }

    expect((await ask(SECRET, '127.0.0.2')).status).toBe(200);
    // HT-05: a header is no other address.
    expectJsonError(await ask('still-wrong', '127.0.0.1'), 429, 'too_many_requests');
    const spoofed = await rawRequest(url, {
      method: 'POST',
      localAddress: '127.0.0.1',
      headers: {
        ...basic('service', 'still-wrong'),
        'content-type': 'application/x-www-form-urlencoded',
        'x-forwarded-for': '10.1.2.3',
      },
      body: 'grant_type=client_credentials',
    });
    expectJsonError(spoofed, 429, 'too_many_requests');
    // Only this client is slowed down there.
    expectJsonError(await ask('wrong', '127.0.0.1', 'web'), 401, 'invalid_client');
  });
});
