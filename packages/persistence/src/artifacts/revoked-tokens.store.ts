import { expiringId, RevokedTokens } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

const ADD = statement(
  'revoked_token_add',
  `
  INSERT INTO revoked_token (id)
  VALUES ($1)
  ON CONFLICT (id) DO NOTHING`,
);

const HAS = statement(
  'revoked_token_has',
  `
  SELECT FROM revoked_token
  WHERE id = $1`,
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
    const rows = await this.database.query(HAS, [expiringId(expiresAt, environmentId, jti)]);
    return rows.length > 0;
  }
}
