import { expiringId, UsedJwts } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredWrite } from '../database/gathered-statement.js';

// What lies outside the partitions that surely exist is refused rather than moved into them: moved, the same JWT would get
// another id each day. The primary key lets one of many parallel uses write.
const USE = gatheredWrite(
  'used_jwt_use',
  { id: 'uuid' },
  `
  , used AS (
    INSERT INTO used_jwt (id)
    SELECT id
    FROM asked
    WHERE id >= grantway_uuid_floor(now() - interval '1 day')
      AND id < grantway_uuid_floor(now() + interval '2 days')
    ORDER BY id
    ON CONFLICT (id) DO NOTHING
    RETURNING id
  )
  SELECT n
  FROM asked JOIN used USING (id)`,
);

@Injectable()
export class PostgresUsedJwts extends UsedJwts {
  constructor(private readonly database: Database) {
    super();
  }

  async use(environmentId: string, owner: string, jti: string, expiresAt: Date): Promise<boolean> {
    return (await this.database.call(USE, [expiringId(expiresAt, environmentId, owner, jti)])) !== undefined;
  }
}
