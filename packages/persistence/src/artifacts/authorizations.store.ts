import { Authorizations, MOST_VERIFIER_FAILURES, type NewAuthorization, type TokenFamily } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { isUuid } from '../database/values.js';
import {
  AUTHORIZATION_COLUMNS,
  type AuthorizationRow,
  authorizationValues,
  toAuthorization,
} from './authorization-columns.js';

// The code goes and the authorization comes in one statement (design section 4.2): of parallel redemptions one finds the
// code unspent, the others wait for its row and then do not.
const REDEEM_CODE = statement(
  'authorization_redeem_code',
  `
  WITH spent AS (
    UPDATE authorization_code
    SET spent_at = now(), authorization_id = $2
    WHERE id = $1 AND environment_id = $3 AND client_id = $4
      AND spent_at IS NULL AND expires_at > now() AND failures < ${MOST_VERIFIER_FAILURES}
    RETURNING 1
  )
  INSERT INTO authorization_record
    (id, environment_id, client_id,
     ${AUTHORIZATION_COLUMNS},
     offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)
  SELECT $2::uuid, $3, $4, $5, $6, $7::text[], $8::text[], $9::timestamptz, $10, $11::text[], $12::uuid,
         $13::boolean, $14::int, $15::bytea, CASE WHEN $14::int IS NOT NULL THEN now() END,
         now() + make_interval(secs => LEAST($16::float8, $17::float8)),
         now() + make_interval(secs => $17::float8)
  FROM spent
  RETURNING id`,
);

// House rule: a family bound to a session ends with a sign-off (R9), not when the browser merely stayed away for long:
// refreshing does not slide the session, and the family has an idle limit of its own.
const SESSION_STANDS = `(record.offline OR record.session_id IS NULL OR EXISTS (
           SELECT FROM session WHERE session.id = record.session_id AND session.ended_at IS NULL))`;

const FIND_FAMILY = statement(
  'authorization_find_family',
  `
  SELECT client_id,
         ${AUTHORIZATION_COLUMNS},
         offline, created_at, revoked_at IS NOT NULL AS revoked, generation, salt,
         (extract(epoch FROM now() - rotated_at) * 1000)::float8 AS since_rotation,
         idle_expires_at <= now() OR absolute_expires_at <= now() AS expired,
         ${SESSION_STANDS} AS session_live
  FROM authorization_record record
  WHERE id = $1 AND environment_id = $2 AND generation IS NOT NULL`,
);

// Design section 4.3. No index holds a column written here, so the update stays in its page (HOT).
const ROTATE = statement(
  'authorization_rotate',
  `
  UPDATE authorization_record
  SET generation = generation + 1,
      rotated_at = now(),
      idle_expires_at = LEAST(now() + make_interval(secs => $3), absolute_expires_at)
  WHERE id = $1 AND generation = $2
    AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()
  RETURNING generation`,
);

const FIND_SUCCESSOR = statement(
  'authorization_find_successor',
  `
  SELECT generation
  FROM authorization_record
  WHERE id = $1 AND generation = $2::int + 1 AND now() < rotated_at + make_interval(secs => $3)
    AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()`,
);

const REVOKE = statement(
  'authorization_revoke',
  `
  UPDATE authorization_record
  SET revoked_at = now()
  WHERE id = $1 AND environment_id = $2 AND revoked_at IS NULL`,
);

const IS_LIVE = statement(
  'authorization_is_live',
  `
  SELECT revoked_at IS NULL AND ${SESSION_STANDS} AS live
  FROM authorization_record record
  WHERE id = $1 AND environment_id = $2`,
);

interface FamilyRow extends AuthorizationRow {
  readonly client_id: string;
  readonly offline: boolean;
  readonly created_at: Date;
  readonly revoked: boolean;
  readonly generation: number;
  readonly salt: Uint8Array;
  readonly since_rotation: number;
  readonly expired: boolean;
  readonly session_live: boolean;
}

@Injectable()
export class PostgresAuthorizations extends Authorizations {
  constructor(private readonly database: Database) {
    super();
  }

  async redeemCode(
    codeId: string,
    { environmentId, clientId, authorization, offline, family }: NewAuthorization,
  ): Promise<string | undefined> {
    if (!isUuid(codeId)) return undefined;
    const [row] = await this.database.query<{ id: string }>(REDEEM_CODE, [
      codeId,
      uuidv7(),
      environmentId,
      clientId,
      ...authorizationValues(authorization),
      offline,
      family ? 0 : null,
      family?.salt ?? null,
      family?.idle ?? null,
      family?.absolute ?? null,
    ]);
    return row?.id;
  }

  async findFamily(environmentId: string, id: string): Promise<TokenFamily | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<FamilyRow>(FIND_FAMILY, [id, environmentId]);
    if (!row) return undefined;
    return {
      ...toAuthorization(row),
      id,
      environmentId,
      clientId: row.client_id,
      createdAt: row.created_at,
      revoked: row.revoked,
      offline: row.offline,
      generation: row.generation,
      salt: row.salt,
      sinceRotation: row.since_rotation,
      expired: row.expired,
      sessionLive: row.session_live,
    };
  }

  async rotate(
    id: string,
    generation: number,
    { grace, idle }: { grace: number; idle: number },
  ): Promise<number | undefined> {
    if (!isUuid(id)) return undefined;
    const [rotated] = await this.database.query<{ generation: number }>(ROTATE, [id, generation, idle]);
    if (rotated || grace <= 0) return rotated?.generation;
    const [successor] = await this.database.query<{ generation: number }>(FIND_SUCCESSOR, [id, generation, grace]);
    return successor?.generation;
  }

  async revoke(environmentId: string, id: string): Promise<void> {
    if (isUuid(id)) await this.database.execute(REVOKE, [id, environmentId]);
  }

  async isLive(environmentId: string, id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const [row] = await this.database.query<{ live: boolean }>(IS_LIVE, [id, environmentId]);
    return row?.live === true;
  }
}
