import { Consents } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredLookup } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';

const FIND = gatheredLookup(
  'consent_find',
  { environment_id: 'text', user_id: 'text', client_id: 'text' },
  `
  SELECT scope
  FROM consent
  WHERE environment_id = asked.environment_id AND user_id = asked.user_id AND client_id = asked.client_id`,
);

/**
 * The union is taken in the row, so that two tabs that consent at once both count.
 *
 * @param source environment, user, client and scope
 */
export function rememberConsent(source: string): string {
  return `INSERT INTO consent (environment_id, user_id, client_id, scope)
  ${source}
  ON CONFLICT (environment_id, user_id, client_id) DO UPDATE
  SET scope = ARRAY(SELECT DISTINCT token FROM unnest(consent.scope || excluded.scope) AS token ORDER BY token),
      granted_at = now()`;
}

const REMEMBER = statement('consent_remember', `\n  ${rememberConsent('VALUES ($1, $2, $3, $4)')}`);

// A code lives ten minutes at most, a device code or backchannel request an hour, so only the newest end of the primary keys has to be looked at.
const WITHDRAW = statement(
  'consent_withdraw',
  `
  WITH forgotten AS (
    DELETE FROM consent
    WHERE environment_id = $1 AND user_id = $2 AND client_id = $3
  ), unredeemed AS (
    UPDATE authorization_code
    SET expires_at = now()
    WHERE id >= grantway_uuid_floor(now() - interval '15 minutes')
      AND environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND spent_at IS NULL
  ), unfetched AS (
    UPDATE device_authorization
    SET expires_at = now()
    WHERE id >= grantway_uuid_floor(now() - interval '65 minutes')
      AND environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND spent_at IS NULL
  ), untold AS (
    UPDATE backchannel_request
    SET decision = 'denied'
    WHERE id >= grantway_uuid_floor(now() - interval '65 minutes')
      AND environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND spent_at IS NULL
  )
  UPDATE authorization_record
  SET revoked_at = now()
  WHERE environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND revoked_at IS NULL`,
);

@Injectable()
export class PostgresConsents extends Consents {
  constructor(private readonly database: Database) {
    super();
  }

  async find(environmentId: string, userId: string, clientId: string): Promise<ScopeSet> {
    const row = await this.database.call<{ scope: string[] }>(FIND, [environmentId, userId, clientId]);
    return row ? ScopeSet.from(row.scope) : ScopeSet.EMPTY;
  }

  async remember(environmentId: string, userId: string, clientId: string, scope: ScopeSet): Promise<void> {
    await this.database.execute(REMEMBER, [environmentId, userId, clientId, scope.toArray()]);
  }

  async withdraw(environmentId: string, userId: string, clientId: string): Promise<void> {
    await this.database.execute(WITHDRAW, [environmentId, userId, clientId]);
  }
}
