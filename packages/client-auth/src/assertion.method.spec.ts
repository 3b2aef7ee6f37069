import type { OAuthError } from '@grantway/protocol';
import { basic, house, JWT_BEARER, key, SECRET, secretHashes } from '../test/authenticator-house.js';
import { ISSUER, keyPair, SECRET as LONG_SECRET, type Signer, secretSigner } from '../test/signing.js';
import { clientAuthContext } from './client-auth-context.js';

describe('client assertions', () => {
  it.each([
    ['private_key_jwt', 'signer', {}, key],
    ['client_secret_jwt', 'sealed', {}, secretSigner(LONG_SECRET)],
    ['the token endpoint as audience, where the client has the flag', 'legacy', { aud: `${ISSUER}/token` }, key],
    ['the called endpoint as audience, where the client has the flag', 'legacy', { aud: `${ISSUER}/par` }, key],
  ])('X3 X5 %s, with and without client_id', async (_what, id, changes, by) => {
    const { authenticate, assertion } = house();
    await expect(authenticate(assertion(id, changes, by))).resolves.toMatchObject({ id });
    await expect(authenticate({ ...assertion(id, changes, by), clientId: id })).resolves.toMatchObject({ id });
  });

  it.each([
    ['another key', 'signer', {}, keyPair('ES256'), 'assertion_signature'],
    ['another secret', 'sealed', {}, secretSigner(`${LONG_SECRET}x`), 'assertion_signature'],
    ['the keyed hash we store as secret', 'sealed', {}, secretSigner(secretHashes[0]), 'assertion_signature'],
    ['an HMAC, where a key pair is registered', 'signer', {}, secretSigner(), 'other_method_registered'],
    ['a key pair, where the secret is registered', 'sealed', {}, key, 'other_method_registered'],
    ['a good one, where a secret in Basic is registered', 'both', {}, key, 'other_method_registered'],
    ['a good one of a disabled client', 'signer-off', {}, key, 'client_disabled'],
    ['CVE-2026-107720 one of a client whose keys are gone', 'keyless', {}, key, 'assertion_no_key'],
    ['CA-04 the token endpoint as audience', 'signer', { aud: `${ISSUER}/token` }, key, 'assertion_audience'],
    ['CA-04 the called endpoint as audience', 'signer', { aud: `${ISSUER}/par` }, key, 'assertion_audience'],
    ['CA-04 an endpoint that was not called', 'legacy', { aud: `${ISSUER}/revoke` }, key, 'assertion_audience'],
    ['CA-06 another sub than iss', 'signer', { iss: 'sealed' }, key, 'assertion_issuer'],
    ['an unknown client', 'nobody', {}, key, 'unknown_client'],
    ['an expired one', 'signer', { exp: 1 }, key, 'assertion_expired'],
    ['a site that is away', 'remote', {}, key, 'assertion_keys_unreachable'],
  ] as const)('X5 %s is told with the same bytes', async (_what, id, changes, by, reason) => {
    const { authenticate, assertion } = house();
    const detail = { reason: `client_auth.${reason}`, description: 'client authentication failed' };
    await expect(authenticate(assertion(id, changes, by))).rejects.toMatchObject({ code: 'invalid_client', detail });
  });

  it.each([
    ['another type', { clientAssertionType: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }],
    ['no type', { clientAssertionType: undefined }],
    ['CA-06 another client_id', { clientId: 'legacy' }],
  ])('X5 a good assertion with %s proves nothing', async (_what, change) => {
    const { authenticate, assertion } = house();
    const { clientAssertionType, clientAssertion } = { ...assertion('signer'), ...change };
    const clientId = 'clientId' in change ? { clientId: change.clientId } : {};
    const type = clientAssertionType === undefined ? {} : { clientAssertionType };
    const request = { clientAssertion, ...type, ...clientId };
    await expect(authenticate(request)).rejects.toMatchObject({ code: 'invalid_client' });
  });

  it.each([
    ['Basic', { authorization: basic('both', SECRET) }],
    ['post', { clientId: 'both', clientSecret: SECRET }],
    ['another client’s Basic', { authorization: basic('basic', SECRET) }],
  ])('CA-02 CA-08 CVE-2026-16093 an assertion beside %s is one method too many', async (_what, request) => {
    const { authenticate, assertion } = house();
    const two = { ...request, ...assertion('both') };
    await expect(authenticate(two)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('CA-07 the second use of one proves nothing; a refusal for another reason does not use it up', async () => {
    const { authenticate, assertion } = house();
    const one = assertion('signer');
    const refused = { ...one, clientId: 'legacy' };
    await expect(authenticate(refused)).rejects.toMatchObject({ code: 'invalid_client' });
    await expect(authenticate(one)).resolves.toMatchObject({ id: 'signer' });
    const detail = { reason: 'client_auth.assertion_used_before' };
    await expect(authenticate(one)).rejects.toMatchObject({ code: 'invalid_client', detail });
  });

  it('CA-01 wrong assertions count as wrong secrets do; a site that is away counts for nobody', async () => {
    const { authenticate, assertion, site } = house();
    const codes = async (id: string, by: Signer) => {
      const told = new Set<string>();
      for (let time = 0; time < 50; time++) {
        await authenticate(assertion(id, {}, by)).catch((error: OAuthError) => told.add(error.code));
      }
      return [...told];
    };
    expect(await codes('signer', keyPair('ES256'))).toEqual(['invalid_client', 'too_many_requests']);
    expect(await codes('remote', key)).toEqual(['invalid_client']);
    expect(site.requests).toHaveLength(1);
  });

  it('I4 storage that is away is no invalid_client', async () => {
    const { authenticate, assertion, stores } = house();
    stores.usedJwts.use = () => Promise.reject(new Error('storage is away'));
    await expect(authenticate(assertion('signer'))).rejects.toThrow('storage is away');
  });

  it('house: the context of a request holds what was given and nothing else', () => {
    const { environment } = house();
    const form = new Map([
      ['client_id', 'signer'],
      ['client_assertion', 'a.b.c'],
      ['client_assertion_type', JWT_BEARER],
      ['scope', 'openid'],
    ]);
    expect(clientAuthContext({ ip: '192.0.2.1' }, form, environment, ISSUER, 'par')).toEqual({
      ...{ clientId: 'signer', clientAssertion: 'a.b.c', clientAssertionType: JWT_BEARER },
      ...{ environment, ip: '192.0.2.1', issuer: ISSUER, endpoint: `${ISSUER}/par` },
    });
    const call = { ip: '192.0.2.1', authorization: 'Basic x' };
    expect(clientAuthContext(call, new Map([['client_secret', 's']]), environment, ISSUER, 'token')).toEqual({
      ...{ authorization: 'Basic x', clientSecret: 's' },
      ...{ environment, ip: '192.0.2.1', issuer: ISSUER, endpoint: `${ISSUER}/token` },
    });
  });
});
