import { expiringId, RevokedTokens } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredLookup } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';

const ADD = statement(
  'revoked_token_add',
  `
  INSERT INTO revoked_token (id)
  VALUES ($1)
  ON CONFLICT (id) DO NOTHING`,
);

const HAS = gatheredLookup(
  'revoked_token_has',
  { id: 'uuid' },
  `
  SELECT FROM revoked_token
  WHERE id = asked.id`,
);

@Injectable()
export class PostgresRevokedTokens extends RevokedTokens {
  constructor(private readonly database: Database) {
    super();
  }

  async add(environmentId: string, jti: string, expiresAt: Date): Promise<void> {
    await this.database.execute(ADD, [expiringId(expiresAt, environmentId, jti)]);
  }

  async has(environmentId: string, jti: string, expiresAt: Date): Promise<boolean> {
    return (await this.database.call(HAS, [expiringId(expiresAt, environmentId, jti)])) !== undefined;
  }
}
