import { AUTHORIZATION_ENDPOINT } from './pipeline.js';

describe('authorization endpoint', () => {
  it('AZ-02 the order of checks, as reviewed', () => {
    expect(AUTHORIZATION_ENDPOINT.map(({ name }) => name)).toEqual([
      'ParseParams',
      'LoadPushedRequest',
      'FindClient',
      'ReadRequestObject',
      'CheckRedirectUri', // up to here an error is a page, from here on a redirect
      'CheckResponseMode',
      'BoundParams',
      'RefuseUnsupported',
      'RequireProtection',
      'CheckResponseType',
      'CheckScope',
      'CheckNonce',
      'CheckPkce',
      'CheckPrompt',
      'CheckAuthenticationContext',
      'CheckHint',
    ]);
  });
});
