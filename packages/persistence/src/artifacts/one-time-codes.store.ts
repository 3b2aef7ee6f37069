import { MOST_ONE_TIME_CODE_TRIES, type OneTimeCodeKey, OneTimeCodes } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { isKey, isUuid } from '../database/values.js';

/** Expired codes an issue takes away, so that the table holds what is open and little more. */
const SWEPT_AT_ONCE = 5;

// Who replaces an expired code must not sweep it as well.
const ISSUE = statement(
  'one_time_code_issue',
  `
  WITH swept AS (
    DELETE FROM one_time_code
    WHERE (environment_id, purpose, flow_id) IN (
      SELECT environment_id, purpose, flow_id
      FROM one_time_code
      WHERE expires_at <= now() AND flow_id <> $3::uuid
      LIMIT ${SWEPT_AT_ONCE}
      FOR UPDATE SKIP LOCKED)
  )
  INSERT INTO one_time_code (environment_id, purpose, flow_id, user_id, code_hash, expires_at)
  VALUES ($1, $2, $3::uuid, $4, $5, now() + make_interval(secs => $6))
  ON CONFLICT (environment_id, purpose, flow_id) DO UPDATE
  SET user_id = excluded.user_id, code_hash = excluded.code_hash, expires_at = excluded.expires_at, tries = 0`,
);

// CVE-2026-22751: parallel tries take the row in turn, and each sees what the one before it left: another count, or a code
// that is spent. The right one spends it for every clock: a try that began before it may come after it.
const REDEEM = statement(
  'one_time_code_redeem',
  `
  UPDATE one_time_code
  SET tries = tries + 1,
      expires_at = CASE WHEN code_hash = $5 THEN '-infinity' ELSE expires_at END
  WHERE environment_id = $1 AND purpose = $2 AND flow_id = $3::uuid AND user_id = $4
    AND expires_at > now() AND tries < $6
  RETURNING code_hash = $5 AS redeemed`,
);

@Injectable()
export class PostgresOneTimeCodes extends OneTimeCodes {
  constructor(private readonly database: Database) {
    super();
  }

  async issue(key: OneTimeCodeKey, codeHash: Uint8Array, lifetime: number): Promise<void> {
    const { environmentId, purpose, flowId, userId } = key;
    await this.database.execute(ISSUE, [environmentId, purpose, flowId, userId, codeHash, lifetime]);
  }

  async redeem({ environmentId, purpose, flowId, userId }: OneTimeCodeKey, codeHash: Uint8Array): Promise<boolean> {
    if (!isUuid(flowId) || !isKey(userId)) return false;
    const values = [environmentId, purpose, flowId, userId, codeHash, MOST_ONE_TIME_CODE_TRIES];
    const [row] = await this.database.query<{ redeemed: boolean }>(REDEEM, values);
    return row?.redeemed ?? false;
  }
}
