import { DEFAULT_LIFETIMES, type Environment, Environments } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { isKey } from '../database/values.js';
import { ConfigCache } from './config-cache.js';

const FIND = statement(
  'environment_find',
  `
  SELECT id, name, enabled, grant_types AS "grantTypes", pkce, signing, lifetimes,
         password_change_ends_refresh AS "passwordChangeEndsRefresh", par, outbound, user_code AS "userCode", accounts
  FROM environment
  WHERE id = $1`,
);

@Injectable()
export class CachedEnvironments extends Environments {
  constructor(
    private readonly database: Database,
    private readonly cache: ConfigCache,
  ) {
    super();
  }

  async find(id: string): Promise<Environment | undefined> {
    if (!isKey(id)) return undefined;
    return this.cache.get(id, 'environment', async () => {
      const [row] = await this.database.query<Environment>(FIND, [id]);
      // A process of the version before writes only the lifetimes it knows.
      return row && { ...row, lifetimes: { ...DEFAULT_LIFETIMES, ...row.lifetimes } };
    });
  }
}
