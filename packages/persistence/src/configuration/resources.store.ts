import { type Resource, ResourceCatalog, Resources } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { given, isKey } from '../database/values.js';
import { ConfigCache } from './config-cache.js';

type Optional = 'accessTokenLifetime' | 'accessTokenAlgorithm' | 'mayAct';
type ResourceRow = Omit<Resource, Optional> & { readonly [K in Optional]: Resource[K] | null };

const LIST = statement(
  'resource_list',
  `
  SELECT environment_id AS "environmentId", name, audience, scopes, access_token_lifetime AS "accessTokenLifetime",
         access_token_format AS "accessTokenFormat", access_token_algorithm AS "accessTokenAlgorithm",
         introspection_secret_hashes AS "introspectionSecretHashes", may_act AS "mayAct"
  FROM resource
  WHERE environment_id = $1
  ORDER BY name`,
);

@Injectable()
export class CachedResources extends Resources {
  constructor(
    private readonly database: Database,
    private readonly cache: ConfigCache,
  ) {
    super();
  }

  async catalog(environmentId: string): Promise<ResourceCatalog> {
    if (!isKey(environmentId)) return new ResourceCatalog([]);
    return this.cache.get(environmentId, 'resources', async () => {
      const rows = await this.database.query<ResourceRow>(LIST, [environmentId]);
      return new ResourceCatalog(rows.map(toResource));
    });
  }
}

function toResource({ accessTokenLifetime, accessTokenAlgorithm, mayAct, ...row }: ResourceRow): Resource {
  return {
    ...row,
    ...given('accessTokenLifetime', accessTokenLifetime),
    ...given('accessTokenAlgorithm', accessTokenAlgorithm),
    ...given('mayAct', mayAct),
  };
}
