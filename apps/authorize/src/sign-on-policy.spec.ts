import { type AuthorizationRequest, type Client, NO_LEGACY, type Standing } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { aClient, anAuthorizationRequest, aPublicClient, aUser, MemoryStores } from '@grantway/testing';
import { SignOnPolicy } from './sign-on-policy.js';

function house() {
  const stores = new MemoryStores();
  return { stores, policy: new SignOnPolicy(stores.consents) };
}

describe('must the person sign on', () => {
  const { policy } = house();
  const signedOn = (secondsAgo: number): Standing => ({
    session: {
      ...{ id: 's', environmentId: 'acme', userId: 'user-alice', acr: 'Single_Factor', amr: ['pwd'] },
      authTime: new Date(Date.now() - secondsAgo * 1_000),
    },
    user: aUser(),
  });

  it.each<[string, Partial<AuthorizationRequest>, Standing | undefined, boolean]>([
    ['A7 nobody is there', {}, undefined, true],
    ['A7 somebody is', {}, signedOn(60), false],
    ['A7 prompt=login', { prompts: ['login'] }, signedOn(0), true],
    ['A7 prompt=select_account', { prompts: ['select_account'] }, signedOn(0), true],
    ['A7 prompt=consent', { prompts: ['consent'] }, signedOn(60), false],
    ['AZ-16 prompt=none', { prompts: ['none'] }, signedOn(60), false],
    ['AZ-17 max_age is longer', { maxAge: 120 }, signedOn(60), false],
    ['AZ-17 max_age is over', { maxAge: 59 }, signedOn(60), true],
    ['AZ-17 max_age=0 is prompt=login', { maxAge: 0 }, signedOn(0), true],
    ['AZ-17 max_age=0, and the database’s clock is ahead', { maxAge: 0 }, signedOn(-2), true],
    ['A7 the hint is about them', { hintedSubject: 'user-alice' }, signedOn(60), false],
    ['A7 the hint is about somebody else', { hintedSubject: 'user-bob' }, signedOn(60), true],
    ['JW-01 the hint was no good', { hintedSubject: '' }, signedOn(60), true],
  ])('%s', (_when, request, standing, must) => {
    expect(policy.mustSignOn(anAuthorizationRequest(request), standing)).toBe(must);
  });
});

describe('must the person consent', () => {
  const LOOPBACK = 'http://127.0.0.1:5001/cb';
  const APP = 'com.example.app:/cb';

  it.each<[string, Client, Partial<AuthorizationRequest>, string[], boolean]>([
    ['nothing was allowed before', aClient(), {}, [], true],
    ['all was allowed before', aClient(), {}, ['openid', 'orders:read', 'profile'], false],
    ['some was allowed before', aClient(), {}, ['openid'], true],
    ['prompt=consent asks again', aClient(), { prompts: ['consent'] }, ['openid', 'orders:read'], true],
    ['a trusted client is ours', aClient({ trusted: true }), {}, [], false],
    ['a trusted client that asks for it', aClient({ trusted: true }), { prompts: ['consent'] }, [], true],
    [
      'a public web client, allowed before',
      aPublicClient(),
      { redirectUri: 'https://spa.example/cb' },
      ['openid', 'orders:read'],
      false,
    ],
    [
      'AZ-14 a public client on loopback, allowed before',
      aPublicClient(),
      { redirectUri: LOOPBACK },
      ['openid', 'orders:read'],
      true,
    ],
    [
      'AZ-14 a public client on an app’s scheme, allowed before',
      aPublicClient(),
      { redirectUri: APP },
      ['openid', 'orders:read'],
      true,
    ],
    [
      'AZ-14 a trusted public client on an app’s scheme',
      aPublicClient({ trusted: true }),
      { redirectUri: APP },
      [],
      true,
    ],
    [
      'a confidential client on loopback, allowed before',
      aClient(),
      { redirectUri: LOOPBACK },
      ['openid', 'orders:read'],
      false,
    ],
    ['an empty scope of a confidential client', aClient({ legacy: NO_LEGACY }), { scope: [] }, [], false],
  ])('A6 %s', async (_when, client, request, allowed, must) => {
    const { policy, stores } = house();
    await stores.consents.remember('acme', 'user-alice', client.id, ScopeSet.from(allowed));
    expect(await policy.mustConsent(client, anAuthorizationRequest(request), 'user-alice')).toBe(must);
  });

  it('house: what one person allowed, another did not', async () => {
    const { policy, stores } = house();
    await stores.consents.remember('acme', 'user-bob', 'shop', ScopeSet.of('openid', 'orders:read'));
    expect(await policy.mustConsent(aClient(), anAuthorizationRequest(), 'user-alice')).toBe(true);
  });
});
