import { grantOptions } from '@grantway/grant-sdk';
import { wireNames } from '@grantway/grant-sdk/contract';
import { GRANTS } from './index.js';

/** What the pipeline reads itself; a grant that asks for one of these wants what is not its business. */
const PIPELINE_PARAMS = ['grant_type', 'client_id', 'client_secret', 'scope', 'resource'];

describe('built-in grants', () => {
  it('house: each has a grant type of its own', () => {
    const types = GRANTS.map((grant) => grantOptions(grant)?.type);
    expect(types).toEqual(expect.arrayContaining(['authorization_code', 'refresh_token', 'client_credentials']));
    expect(new Set(types).size).toBe(types.length);
  });

  it.each(GRANTS.map((grant) => [grant.name, grant] as const))(
    'TX-01 %s reads its own parameters alone',
    (_name, grant) => {
      const names = wireNames(grantOptions(grant)?.params as new () => object);
      expect(names.filter((name) => PIPELINE_PARAMS.includes(name))).toEqual([]);
    },
  );
});
