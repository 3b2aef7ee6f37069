import {
  Authorizations,
  MOST_VERIFIER_FAILURES,
  type NewAuthorization,
  type OnceArtifact,
  type Redeemable,
  type SpentOnce,
  type StoredAuthorization,
  type TokenFamily,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../database/database.js';
import { type Statement, statement } from '../database/statement.js';
import { isUuid } from '../database/values.js';
import { AUTHORIZATION_COLUMNS, type AuthorizationRow, toAuthorization } from './authorization-columns.js';
import { RECORD_COLUMNS, RECORD_VALUES, recordValues } from './authorization-record.js';
import { findSpent, redeemOnce } from './spent-artifacts.js';

// The artifact goes and the authorization comes in one statement (design section 4.2): of parallel redemptions one finds it
// unspent, the others wait for its row and then do not.
// What a sign-off ends is not issued after it, unless it is to outlive the session (R9, LO-03).
const redeem = (table: string, stillGood: string) =>
  statement(
    `authorization_redeem_${table}`,
    `
  WITH spent AS (
    UPDATE ${table}
    SET spent_at = now(), authorization_id = $1
    WHERE id = $17 AND environment_id = $2 AND client_id = $3
      AND spent_at IS NULL AND ${stillGood}
      AND ($12::boolean OR NOT EXISTS (
        SELECT FROM session WHERE session.id = ${table}.session_id AND session.ended_at IS NOT NULL))
    RETURNING 1
  )
  INSERT INTO authorization_record${RECORD_COLUMNS}
  SELECT ${RECORD_VALUES}
  FROM spent
  RETURNING id`,
  );

const REDEEM_CODE = redeem('authorization_code', `expires_at > now() AND failures < ${MOST_VERIFIER_FAILURES}`);
// The person's answer came in time; when the device fetches it is the client's business until the code expires.
const REDEEM_DEVICE_CODE = redeem('device_authorization', "expires_at > now() AND decision = 'approved'");
// What is pushed, the client does not have to fetch in time.
const REDEEM_BACKCHANNEL_REQUEST = redeem(
  'backchannel_request',
  "(expires_at > now() OR delivery = 'push') AND decision = 'approved'",
);

const RECORD = statement(
  'authorization_record',
  `
  INSERT INTO authorization_record${RECORD_COLUMNS}
  SELECT ${RECORD_VALUES}`,
);

// Apart, because next to nothing is derived. The columns end with a bracket.
const RECORD_DERIVED = statement(
  'authorization_record_derived',
  `
  INSERT INTO authorization_record${RECORD_COLUMNS.slice(0, -1)}, derived_from, derivation_depth)
  SELECT ${RECORD_VALUES}, $17::uuid,
         COALESCE((SELECT derivation_depth FROM authorization_record WHERE id = $17::uuid), 0) + 1`,
);

// House rule: a family bound to a session ends with a sign-off (R9), not when the browser merely stayed away for long:
// refreshing does not slide the session, and the family has an idle limit of its own.
const SESSION_STANDS = `(record.offline OR record.session_id IS NULL OR EXISTS (
           SELECT FROM session WHERE session.id = record.session_id AND session.ended_at IS NULL))`;

const FIND = statement(
  'authorization_find',
  `
  SELECT client_id,
         ${AUTHORIZATION_COLUMNS},
         offline, created_at, revoked_at IS NOT NULL AS revoked, derivation_depth
  FROM authorization_record
  WHERE id = $1 AND environment_id = $2`,
);

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
  UPDATE authorization_record record
  SET generation = generation + 1,
      rotated_at = now(),
      idle_expires_at = LEAST(now() + make_interval(secs => $3), absolute_expires_at)
  WHERE id = $1 AND generation = $2
    AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now() AND ${SESSION_STANDS}
  RETURNING generation`,
);

const FIND_SUCCESSOR = statement(
  'authorization_find_successor',
  `
  SELECT generation
  FROM authorization_record record
  WHERE id = $1 AND generation = $2::int + 1 AND now() < rotated_at + make_interval(secs => $3)
    AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now() AND ${SESSION_STANDS}`,
);

const REVOKE = statement(
  'authorization_revoke',
  `
  UPDATE authorization_record
  SET revoked_at = now()
  WHERE id = $1 AND environment_id = $2 AND revoked_at IS NULL`,
);

// What was derived ends with its source, and with the source's session, which is its own unless the source is offline.
const IS_LIVE = statement(
  'authorization_is_live',
  `
  WITH RECURSIVE record AS (
    SELECT derived_from, revoked_at, offline, session_id
    FROM authorization_record
    WHERE id = $1 AND environment_id = $2
    UNION ALL
    SELECT source.derived_from, source.revoked_at, source.offline, source.session_id
    FROM record JOIN authorization_record source ON source.id = record.derived_from
  )
  SELECT bool_and(revoked_at IS NULL AND (derived_from IS NOT NULL OR ${SESSION_STANDS}))
         AND bool_or(derived_from IS NULL) AS live
  FROM record`,
);

interface StoredRow extends AuthorizationRow {
  readonly client_id: string;
  readonly offline: boolean;
  readonly created_at: Date;
  readonly revoked: boolean;
  /** Asked for where exchanges are. */
  readonly derivation_depth?: number;
}

interface FamilyRow extends StoredRow {
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

  async redeem(artifact: Redeemable, authorization: NewAuthorization): Promise<string | undefined> {
    if ('once' in artifact) return redeemOnce(this.database, artifact.once, authorization);
    const [spending, artifactId] = spendingOf(artifact);
    if (!isUuid(artifactId)) return undefined;
    const values = recordValues(uuidv7(), authorization);
    const [row] = await this.database.query<{ id: string }>(spending, [...values, artifactId]);
    return row?.id;
  }

  findSpent(environmentId: string, artifact: OnceArtifact): Promise<SpentOnce | undefined> {
    return findSpent(this.database, environmentId, artifact);
  }

  async record(authorization: NewAuthorization): Promise<string> {
    const id = uuidv7();
    const values = recordValues(id, authorization);
    const { derivedFrom } = authorization;
    await (derivedFrom === undefined
      ? this.database.execute(RECORD, values)
      : this.database.execute(RECORD_DERIVED, [...values, derivedFrom]));
    return id;
  }

  async find(environmentId: string, id: string): Promise<StoredAuthorization | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<StoredRow>(FIND, [id, environmentId]);
    return row && toStored(environmentId, id, row);
  }

  async findFamily(environmentId: string, id: string): Promise<TokenFamily | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<FamilyRow>(FIND_FAMILY, [id, environmentId]);
    if (!row) return undefined;
    return {
      ...toStored(environmentId, id, row),
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
    const [row] = await this.database.query<{ live: boolean | null }>(IS_LIVE, [id, environmentId]);
    return row?.live === true;
  }
}

/** How an artifact is spent; every kind has its own statement, so that none can be spent as another (CO-10). */
function spendingOf(artifact: Exclude<Redeemable, { once: OnceArtifact }>): [statement: Statement, id: string] {
  if ('authorizationCode' in artifact) return [REDEEM_CODE, artifact.authorizationCode];
  if ('deviceCode' in artifact) return [REDEEM_DEVICE_CODE, artifact.deviceCode];
  return [REDEEM_BACKCHANNEL_REQUEST, artifact.backchannelRequest];
}

function toStored(environmentId: string, id: string, row: StoredRow): StoredAuthorization {
  return {
    ...toAuthorization(row),
    id,
    environmentId,
    clientId: row.client_id,
    createdAt: row.created_at,
    revoked: row.revoked,
    offline: row.offline,
    ...(row.derivation_depth && { derivationDepth: row.derivation_depth }),
  };
}
