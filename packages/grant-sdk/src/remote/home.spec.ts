import { GrantType } from '@grantway/protocol';
import { homeOf } from './home.js';

describe('homeOf', () => {
  it.each([
    ['urn:acme:params:oauth:grant-type:step-up', 'step-up'],
    ['https://acme.example/grants/step-up', 'step-up'],
    ['https://acme.example/grants/Step_Up/', 'step-up'],
    ['urn:acme:--ticket--', 'ticket'],
    [GrantType.DeviceCode, 'device-code'],
    [GrantType.Ciba, 'ciba'],
    [GrantType.TokenExchange, 'token-exchange'],
    [GrantType.ClientCredentials, 'client-credentials'],
    [GrantType.Password, 'password'],
  ])('house: %s is served by %s', (type, slug) => {
    expect(homeOf(type)).toBe(slug);
  });

  it.each(['urn:acme:!', '', ':::', `urn:acme:${'x'.repeat(41)}`])('house: "%s" makes no slug', (type) => {
    expect(homeOf(type)).toBeUndefined();
  });
});
