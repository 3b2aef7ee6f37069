import { CLIENT_SECRET } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import fc from 'fast-check';
import { basic, house, JWT_BEARER, key, rawBasic, SECRET } from '../test/authenticator-house.js';

describe('client authentication', () => {
  it.each([
    ['client_secret_basic', 'basic', { authorization: basic('basic', SECRET) }],
    [
      'client_secret_basic, the scheme in small letters',
      'basic',
      { authorization: basic('basic', SECRET).replace('Basic', 'basic') },
    ],
    [
      'client_secret_basic, and client_id says the same',
      'basic',
      { authorization: basic('basic', SECRET), clientId: 'basic' },
    ],
    ['client_secret_post', 'post', { clientId: 'post', clientSecret: SECRET }],
    ['none', 'public', { clientId: 'public' }],
  ])('X3 %s', async (_method, id, request) => {
    await expect(house().authenticate(request)).resolves.toMatchObject({ id });
  });

  it.each([
    ['as URLSearchParams writes it', basic('my app:é', 'p+q %:é')],
    ['as encodeURIComponent writes it', rawBasic('my%20app%3A%C3%A9:p%2Bq%20%25%3A%C3%A9')],
    ['a colon in the secret left as it is', rawBasic('my+app%3A%C3%A9:p%2Bq+%25:%C3%A9')],
  ])('RFC 6749 §2.3.1 both halves are form-urlencoded: %s', async (_how, authorization) => {
    await expect(house().authenticate({ authorization })).resolves.toMatchObject({ id: 'my app:é' });
  });

  it.each([
    ['Basic and post', { authorization: basic('basic', SECRET), clientId: 'basic', clientSecret: SECRET }],
    ['Basic and somebody else’s client_id', { authorization: basic('basic', SECRET), clientId: 'post' }],
    ['Basic and an assertion', { authorization: basic('basic', SECRET), clientAssertion: 'a.b.c' }],
    ['post and an assertion', { clientId: 'post', clientSecret: SECRET, clientAssertion: 'a.b.c' }],
    ['CA-08 a good Basic and a decoy', { authorization: basic('basic', SECRET), clientId: 'post', clientSecret: 'x' }],
  ])('X4 CA-02 two at once: %s', async (_what, request) => {
    await expect(house().authenticate(request)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it.each([
    ['no credentials at all', {}, 'none_given'],
    ['a secret without a name', { clientSecret: SECRET }, 'none_given'],
    [
      'CA-08 an assertion of a public client',
      { clientId: 'public', clientAssertion: 'a.b.c' },
      'other_method_registered',
    ],
    ['CA-08 an assertion nobody can read', { clientAssertion: 'a.b.c' }, 'none_given'],
    ['CA-08 the type of one alone', { clientId: 'signer', clientAssertionType: JWT_BEARER }, 'assertion_malformed'],
    ['an unknown client', { clientId: 'nobody', clientSecret: SECRET }, 'unknown_client'],
    ['an unknown public client', { clientId: 'nobody' }, 'unknown_client'],
    ['a wrong secret in Basic', { authorization: basic('basic', 'wrong') }, 'wrong_secret'],
    ['a wrong secret in post', { clientId: 'post', clientSecret: 'wrong' }, 'wrong_secret'],
    ['an empty secret in Basic', { authorization: basic('basic', '') }, 'wrong_secret'],
    ['post where Basic is registered', { clientId: 'basic', clientSecret: SECRET }, 'other_method_registered'],
    ['Basic where post is registered', { authorization: basic('post', SECRET) }, 'other_method_registered'],
    ['CVE-2026-53512 no secret where one is registered', { clientId: 'basic' }, 'other_method_registered'],
    ['a secret where none is registered', { clientId: 'public', clientSecret: SECRET }, 'other_method_registered'],
    ['X14 a disabled client', { authorization: basic('off', SECRET) }, 'client_disabled'],
    ['MT-01 a secret of another environment', { authorization: basic('basic', 'other') }, 'wrong_secret'],
    ['another scheme', { authorization: 'Bearer abc' }, 'basic_unreadable'],
    [
      'another scheme beside a public client’s name',
      { authorization: 'Bearer abc', clientId: 'public' },
      'basic_unreadable',
    ],
    ['Basic without anything', { authorization: 'Basic ' }, 'basic_unreadable'],
    ['Basic without a colon', { authorization: rawBasic('basic') }, 'basic_unreadable'],
    ['Basic without a name', { authorization: rawBasic(`:${SECRET}`) }, 'basic_unreadable'],
    ['Basic that is no base64', { authorization: 'Basic ~~~' }, 'basic_unreadable'],
    ['Basic with a broken escape', { authorization: rawBasic(`basic:%zz`) }, 'basic_unreadable'],
    ['Basic with broken UTF-8', { authorization: rawBasic(Buffer.from([0x61, 0x3a, 0xff])) }, 'basic_unreadable'],
    ['Basic with escaped broken UTF-8', { authorization: rawBasic('basic:%ff') }, 'basic_unreadable'],
    ['Basic with a NUL, which no storage takes', { authorization: rawBasic('ba\0sic:x') }, 'basic_unreadable'],
    ['Basic with an escaped NUL', { authorization: rawBasic('ba%00sic:x') }, 'basic_unreadable'],
  ])('X4 CA-02 %s', async (_what, request, reason) => {
    const refusal = house().authenticate(request);
    const detail = { reason: `client_auth.${reason}`, description: 'client authentication failed' };
    await expect(refusal).rejects.toMatchObject({ code: 'invalid_client', detail });
  });

  it('house: discovery hears of every method', () => {
    expect(house().authenticator.methodNames).toEqual([
      ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
    ]);
  });

  it('house: whatever the headers and fields, it is a verdict and no error', async () => {
    const { authenticate } = house();
    const base64 = fc.uint8Array({ maxLength: 40 }).map((bytes) => `Basic ${Buffer.from(bytes).toString('base64')}`);
    const escaped = fc.string({ unit: fc.constantFrom('%', '0', 'f', ':', '+', 'a', '\0') }).map(rawBasic);
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const request = fc.record(
      {
        ...{ authorization: fc.oneof(text, base64, escaped), clientId: text, clientSecret: text },
        ...{
          clientAssertion: fc.oneof(
            text,
            fc.json().map((claims) => key.sign({ alg: 'ES256' }, claims)),
          ),
        },
        clientAssertionType: fc.oneof(text, fc.constant(JWT_BEARER)),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(request, (fields) =>
        authenticate(fields).then(
          () => false,
          (error) =>
            error instanceof OAuthError &&
            ['invalid_client', 'invalid_request', 'too_many_requests'].includes(error.code),
        ),
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('guessing a secret', () => {
  const wrong = { authorization: basic('basic', 'wrong') };
  const right = { authorization: basic('basic', SECRET) };

  async function guess(times: number, { authenticate }: ReturnType<typeof house>): Promise<string[]> {
    const codes: string[] = [];
    for (let time = 0; time < times; time++) {
      codes.push(
        await authenticate(wrong).then(
          () => 'in',
          (error: OAuthError) => error.code,
        ),
      );
    }
    return codes;
  }

  it('CA-01 the fiftieth guess within a minute is told to wait, and so is the right secret', async () => {
    const all = house();
    expect(new Set(await guess(48, all))).toEqual(new Set(['invalid_client']));
    expect(await guess(2, all)).toEqual(['too_many_requests', 'too_many_requests']);
    await expect(all.authenticate(right)).rejects.toMatchObject({
      code: 'too_many_requests',
      detail: { retryAfter: CLIENT_SECRET.block },
    });
  });

  it('CA-01 from another address, for another client and in another environment the right secret still works', async () => {
    const all = house();
    await guess(50, all);
    await expect(all.authenticate({ ...right, ip: '192.0.2.2' })).resolves.toMatchObject({ id: 'basic' });
    await expect(all.authenticate({ clientId: 'post', clientSecret: SECRET })).resolves.toMatchObject({ id: 'post' });
    const elsewhere = { ...all.environment, id: 'other' };
    const right2 = { environment: elsewhere, authorization: basic('basic', 'other') };
    await expect(all.authenticate(right2)).resolves.toMatchObject({ environmentId: 'other' });
  });

  it('CA-01 it ends by itself', async () => {
    const all = house();
    await guess(50, all);
    all.stores.clock.elapse(CLIENT_SECRET.block);
    await expect(all.authenticate(right)).resolves.toMatchObject({ id: 'basic' });
  });

  it('I14 counters that are away let nobody guess on', async () => {
    const all = house();
    all.stores.attempts.fail = () => Promise.reject(new Error('storage is away'));
    await expect(all.authenticate(wrong)).rejects.toThrow('storage is away');
  });

  it('I4 a client store that is away is no invalid_client', async () => {
    const all = house();
    all.stores.clients.find = () => Promise.reject(new Error('storage is away'));
    await expect(all.authenticate(right)).rejects.toThrow('storage is away');
  });
});
