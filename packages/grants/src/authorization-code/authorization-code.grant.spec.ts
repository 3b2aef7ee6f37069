import { MOST_VERIFIER_FAILURES, type NewAuthorizationCode, RACE_TOLERANCE_MS } from '@grantway/domain';
import { codeChallenge, ScopeSet } from '@grantway/protocol';
import {
  aClient,
  altered,
  aNewCode,
  anAuthorization,
  type GrantHarness,
  grantHarness,
  issueCode,
} from '@grantway/testing';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';

const REDIRECT = 'https://shop.example/callback';
const VERIFIER = 'v'.repeat(43);
const OTHER_VERIFIER = 'w'.repeat(43);
const PKCE = { codeChallenge: codeChallenge(VERIFIER, 'S256'), codeChallengeMethod: 'S256' } as const;

/** A harness with one code in it, and the form that redeems it. */
async function withCode(overrides: Partial<NewAuthorizationCode> = {}) {
  const harness = await grantHarness(AuthorizationCodeGrant);
  const code = await issueCode(harness.stores, aNewCode({ redirectUri: REDIRECT, ...PKCE, ...overrides }));
  return { ...harness, code, form: { code, redirect_uri: REDIRECT, code_verifier: VERIFIER } };
}

/** Redeems it, and lets time go by. */
async function afterRedemption(seconds: number, overrides: Partial<NewAuthorizationCode> = {}) {
  const all = await withCode(overrides);
  const { authorizationId = '' } = await all.token(all.form);
  all.stores.clock.elapse(seconds);
  const isLive = () => all.stores.authorizations.isLive('acme', authorizationId);
  expect(await isLive()).toBe(true);
  return { ...all, isLive };
}

const refusedAs = (reason: string) => ({ code: 'invalid_grant', detail: { reason: `authorization_code.${reason}` } });

describe('authorization_code grant, RFC 6749 §4.1.3', () => {
  it('§4.1.3 the code of the client, its redirect URI and its verifier', async () => {
    const authorization = anAuthorization({ resources: ['https://orders.example'] });
    const { token, form } = await withCode({ authorization, nonce: 'n-1' });
    const { issuance } = await token(form);
    expect(issuance).toMatchObject({ authorization, refreshToken: true, nonce: 'n-1' });
    expect(issuance.spend).toHaveProperty('authorizationCode');
    expect(issuance.claims).toBeUndefined();
  });

  it('OIDC Core §3.1.3.7 no nonce is invented', async () => {
    const { token, form } = await withCode();
    expect((await token(form)).issuance).not.toHaveProperty('nonce');
  });

  it.each([
    ['A10 the code is missing', { code: '' }, 'invalid_request'],
    ['A10 the code is longer than any', { code: 'a'.repeat(513) }, 'invalid_request'],
    ['A11 the code is unknown', { code: 'gwac_unknown' }, 'invalid_grant'],
    ['A11 CO-05 the redirect URI is another', { redirect_uri: `${REDIRECT}/` }, 'invalid_grant'],
    ['A11 CO-05 the redirect URI is missing', { redirect_uri: '' }, 'invalid_grant'],
    ['A13 CO-07 the verifier is missing', { code_verifier: '' }, 'invalid_grant'],
    ['A13 the verifier is wrong', { code_verifier: OTHER_VERIFIER }, 'invalid_grant'],
    ['A13 CO-09 the verifier is one character', { code_verifier: 'v' }, 'invalid_grant'],
    ['A13 the verifier is longer than 128', { code_verifier: 'v'.repeat(129) }, 'invalid_grant'],
    ['CO-08 the verifier is the challenge itself', { code_verifier: PKCE.codeChallenge }, 'invalid_grant'],
  ])('%s', async (_rule, changed, code) => {
    const { token, form } = await withCode();
    const sent = Object.fromEntries(Object.entries({ ...form, ...changed }).filter(([, value]) => value));
    await expect(token(sent)).rejects.toMatchObject({ code });
    // CO-12, A14: one mistake does not burn the login.
    await expect(token(form)).resolves.toHaveProperty('authorizationId');
  });

  it('A11 CO-03 an expired code', async () => {
    const { token, form, stores } = await withCode({ lifetime: 60 });
    stores.clock.elapse(59);
    const { token: other, form: otherForm, stores: otherStores } = await withCode({ lifetime: 60 });
    otherStores.clock.elapse(60);
    await expect(token(form)).resolves.toBeDefined();
    await expect(other(otherForm)).rejects.toMatchObject(refusedAs('expired'));
  });

  it('§4.1.3 a redirect URI that was not sent to the authorization endpoint is not asked for, nor taken', async () => {
    const harness = await grantHarness(AuthorizationCodeGrant);
    const { redirectUri: _, ...unsent } = aNewCode(PKCE);
    const codes = [await issueCode(harness.stores, unsent), await issueCode(harness.stores, unsent)];
    const [first = '', second = ''] = codes;
    await expect(harness.token({ code: first, code_verifier: VERIFIER })).resolves.toBeDefined();
    const invented = { code: second, code_verifier: VERIFIER, redirect_uri: REDIRECT };
    await expect(harness.token(invented)).rejects.toMatchObject(refusedAs('redirect_uri'));
  });

  it('CO-04 another client’s code looks unknown, and trying it has no effect', async () => {
    const { token, form } = await withCode();
    const thief = aClient({ id: 'thief' });
    for (let time = 0; time < 10; time++) {
      await expect(token({ ...form, code_verifier: OTHER_VERIFIER }, { client: thief })).rejects.toMatchObject(
        refusedAs('unknown'),
      );
    }
    await expect(token(form)).resolves.toHaveProperty('authorizationId');
  });

  it('CO-04 another client’s replay revokes nothing (workers-oauth-provider 0.8.0)', async () => {
    const { token, form, isLive, code } = await afterRedemption(30, { authorization: anAuthorization() });
    await expect(token(form, { client: aClient({ id: 'thief' }) })).rejects.toMatchObject(refusedAs('unknown'));
    await expect(token({ ...form, code: altered(code) })).rejects.toMatchObject(refusedAs('unknown'));
    expect(await isLive()).toBe(true);
  });

  it('MT-01 a code of another environment looks unknown', async () => {
    const { token, form } = await withCode({ environmentId: 'other' });
    await expect(token(form)).rejects.toMatchObject(refusedAs('unknown'));
  });
});

describe('authorization_code grant, RFC 7636', () => {
  it('CO-07 a verifier where no challenge was made', async () => {
    const harness = await grantHarness(AuthorizationCodeGrant);
    const code = await issueCode(harness.stores, aNewCode({ redirectUri: REDIRECT }));
    const form = { code, redirect_uri: REDIRECT };
    await expect(harness.token({ ...form, code_verifier: VERIFIER })).rejects.toMatchObject(
      refusedAs('verifier_without_challenge'),
    );
    await expect(harness.token(form)).resolves.toBeDefined();
  });

  it('§4.6 plain, for a client that may', async () => {
    const { token, form } = await withCode({ codeChallenge: VERIFIER, codeChallengeMethod: 'plain' });
    await expect(token({ ...form, code_verifier: OTHER_VERIFIER })).rejects.toMatchObject(refusedAs('wrong_verifier'));
    await expect(token(form)).resolves.toBeDefined();
  });

  it('A14 CO-09 four wrong verifiers leave the code alive, the fifth spends it', async () => {
    const guess = async ({ token, form }: Awaited<ReturnType<typeof withCode>>, times: number) => {
      const wrong = { ...form, code_verifier: OTHER_VERIFIER };
      for (let time = 0; time < times; time++)
        await expect(token(wrong)).rejects.toMatchObject(refusedAs('wrong_verifier'));
    };
    const [lucky, unlucky] = [await withCode(), await withCode()];
    await guess(lucky, MOST_VERIFIER_FAILURES - 1);
    await guess(unlucky, MOST_VERIFIER_FAILURES);
    await expect(lucky.token(lucky.form)).resolves.toBeDefined();
    await expect(unlucky.token(unlucky.form)).rejects.toMatchObject(refusedAs('guessed_too_often'));
  });

  it('CO-09 five wrong verifiers at once count as five', async () => {
    const { token, form } = await withCode();
    const wrong = { ...form, code_verifier: OTHER_VERIFIER };
    await Promise.allSettled(Array.from({ length: MOST_VERIFIER_FAILURES }, () => token(wrong)));
    await expect(token(form)).rejects.toMatchObject(refusedAs('guessed_too_often'));
  });

  it('CO-09 a missing verifier is no guess', async () => {
    const { token, form } = await withCode();
    const { code_verifier: _, ...without } = form;
    for (let time = 0; time < 10; time++)
      await expect(token(without)).rejects.toMatchObject(refusedAs('verifier_missing'));
    await expect(token(form)).resolves.toBeDefined();
  });
});

describe('authorization_code grant, RFC 6749 §4.1.2: one use', () => {
  it('A12 CO-01 a code used again later is a replay: what came of it ends', async () => {
    const { token, form, isLive } = await afterRedemption(2);
    await expect(token(form)).rejects.toMatchObject(refusedAs('replayed'));
    expect(await isLive()).toBe(false);
  });

  it('CO-01 a replay without redirect URI and verifier is one as well', async () => {
    const { token, code, isLive } = await afterRedemption(2);
    await expect(token({ code })).rejects.toMatchObject(refusedAs('replayed'));
    expect(await isLive()).toBe(false);
  });

  it('CO-01 a replay after the code’s lifetime is one as well', async () => {
    const { token, form, isLive } = await afterRedemption(3_600, {
      authorization: anAuthorization({ scope: ScopeSet.of('openid', 'offline_access') }),
    });
    await expect(token(form)).rejects.toMatchObject(refusedAs('replayed'));
    expect(await isLive()).toBe(false);
  });

  it.each([
    ['already on its way when the first was answered', 2, 2_000],
    ['within what the wire hides', RACE_TOLERANCE_MS / 1_000, 0],
  ])('CO-02 a loser that was %s is a race: refused, and nothing is revoked', async (_when, seconds, inFlightFor) => {
    const { token, form, isLive } = await afterRedemption(seconds, {
      authorization: anAuthorization({ scope: ScopeSet.of('openid', 'offline_access') }),
    });
    await expect(token(form, { inFlightFor })).rejects.toMatchObject(refusedAs('lost_race'));
    expect(await isLive()).toBe(true);
  });

  it('CO-02 of a hundred redemptions at once one is answered with tokens', async () => {
    const { token, form } = await withCode();
    const all = await Promise.allSettled(Array.from({ length: 100 }, () => token(form)));
    const won = all.filter(({ status }) => status === 'fulfilled');
    const lost = all.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(won).toHaveLength(1);
    expect(lost).toEqual(Array.from({ length: 99 }, () => 'invalid_grant'));
  });

  it('CO-13 consent withdrawn before the code is redeemed ends it', async () => {
    const { token, form, stores } = await withCode();
    await stores.consents.withdraw('acme', 'user-alice', 'shop');
    await expect(token(form)).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  it('I4 a store that is away is no verdict', async () => {
    const { token, form, stores }: GrantHarness & { form: Record<string, string> } = await withCode();
    stores.codes.find = () => Promise.reject(new Error('storage is away'));
    await expect(token(form)).rejects.toThrow('storage is away');
  });
});
