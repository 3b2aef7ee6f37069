import { expiringId, UsedJwts } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

// What lies outside the partitions that surely exist is refused rather than moved into them: moved, the same JWT would get
// another id each day. The primary key lets one of many parallel uses write.
const USE = statement(
  'used_jwt_use',
  `
  INSERT INTO used_jwt (id)
  SELECT $1::uuid
  WHERE $1::uuid >= grantway_uuid_floor(now() - interval '1 day')
    AND $1::uuid < grantway_uuid_floor(now() + interval '2 days')
  ON CONFLICT (id) DO NOTHING`,
);

@Injectable()
export class PostgresUsedJwts extends UsedJwts {
  constructor(private readonly database: Database) {
    super();
  }

  async use(environmentId: string, owner: string, jti: string, expiresAt: Date): Promise<boolean> {
    return (await this.database.execute(USE, [expiringId(expiresAt, environmentId, owner, jti)])) === 1;
  }
}
