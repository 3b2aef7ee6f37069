import { homeOf } from '@grantway/grant-sdk/contract';
import { GrantType } from '@grantway/protocol';
import { OWN_GRANTS } from './own-grants.js';

describe('the slugs of Grantway’s own grants', () => {
  it.each(Object.values(GrantType))('house: %s is served under one of them', (type) => {
    expect([...OWN_GRANTS.keys()]).toContain(homeOf(type));
  });
});
