import { TOKEN_ENDPOINT } from './pipeline.js';

describe('token endpoint', () => {
  it('security-catalogue §1 the order of checks, as reviewed', () => {
    expect(TOKEN_ENDPOINT.map(({ name }) => name)).toEqual([
      'ParseForm',
      'FindGrant',
      'AuthenticateClient', // before anything is looked up for the client
      'AllowGrantType',
      'ValidateParams',
      'Decide', // only reads
      'LimitScope',
      'LimitAudience',
      'CheckSubject',
      'Mint', // the only one that spends: every refusal above leaves the artifact alive (CO-12, RT-05)
    ]);
  });
});
