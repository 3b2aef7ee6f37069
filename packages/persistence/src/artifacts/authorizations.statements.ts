import { MOST_VERIFIER_FAILURES } from '@grantway/domain';
import { gatheredLookup, gatheredWrite, locking } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';
import { AUTHORIZATION_COLUMNS, sessionStands } from './authorization-columns.js';
import { RECORD_ASKED, RECORD_COLUMNS, RECORD_VALUES } from './authorization-record.js';

// The artifact goes and the authorization comes in one statement (design section 4.2): of parallel redemptions one finds it
// unspent, the others wait for its row and then do not.
// What a sign-off ends is not issued after it, unless it is to outlive the session (R9, LO-03).
const redeem = (table: string, stillGood: string) =>
  gatheredWrite(
    `authorization_redeem_${table}`,
    { artifact_id: 'uuid', ...RECORD_ASKED },
    `
  , ${locking('good', {
    table: `${table} artifact`,
    where: `id = asked.artifact_id AND environment_id = asked.environment_id AND client_id = asked.client_id
        AND spent_at IS NULL AND ${stillGood}
        AND (asked.offline OR ${sessionStands('artifact.session_id')})`,
  })}, spent AS (
    UPDATE ${table} artifact
    SET spent_at = now(), authorization_id = good.id
    FROM good
    WHERE artifact.id = good.artifact_id AND artifact.id = ANY ($1::uuid[])
    RETURNING good.n
  ), recorded AS (
    INSERT INTO authorization_record (${RECORD_COLUMNS})
    SELECT ${RECORD_VALUES}
    FROM asked JOIN spent USING (n)
  )
  SELECT n
  FROM spent`,
  );

export const REDEEM_CODE = redeem('authorization_code', `expires_at > now() AND failures < ${MOST_VERIFIER_FAILURES}`);
// The person's answer came in time; when the device fetches it is the client's business until the code expires.
export const REDEEM_DEVICE_CODE = redeem('device_authorization', "expires_at > now() AND decision = 'approved'");
// What is pushed, the client does not have to fetch in time.
export const REDEEM_BACKCHANNEL_REQUEST = redeem(
  'backchannel_request',
  "(expires_at > now() OR delivery = 'push') AND decision = 'approved'",
);

export const RECORD = gatheredWrite(
  'authorization_record',
  RECORD_ASKED,
  `
  INSERT INTO authorization_record (${RECORD_COLUMNS})
  SELECT ${RECORD_VALUES}
  FROM asked`,
);

// Apart, because next to nothing is derived.
export const RECORD_DERIVED = gatheredWrite(
  'authorization_record_derived',
  { ...RECORD_ASKED, source: 'uuid' },
  `
  INSERT INTO authorization_record (${RECORD_COLUMNS}, derived_from, derivation_depth)
  SELECT ${RECORD_VALUES}, source,
         COALESCE((SELECT derivation_depth FROM authorization_record source WHERE source.id = asked.source), 0) + 1
  FROM asked`,
);

// House rule: a family bound to a session ends with a sign-off (R9), not when the browser merely stayed away for long:
// refreshing does not slide the session, and the family has an idle limit of its own.
const SESSION_STANDS = `(record.offline OR record.session_id IS NULL OR ${sessionStands('record.session_id', false)})`;

const FAMILY_LIVES = `revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now() AND ${SESSION_STANDS}`;

export const FIND = gatheredLookup(
  'authorization_find',
  { id: 'uuid', environment_id: 'text' },
  `
  SELECT client_id,
         ${AUTHORIZATION_COLUMNS},
         offline, created_at, revoked_at IS NOT NULL AS revoked, derivation_depth
  FROM authorization_record
  WHERE id = asked.id AND environment_id = asked.environment_id`,
);

export const FIND_FAMILY = gatheredLookup(
  'authorization_find_family',
  { id: 'uuid', environment_id: 'text' },
  `
  SELECT client_id,
         ${AUTHORIZATION_COLUMNS},
         offline, created_at, revoked_at IS NOT NULL AS revoked, generation, salt,
         (extract(epoch FROM now() - rotated_at) * 1000)::float8 AS since_rotation,
         idle_expires_at <= now() OR absolute_expires_at <= now() AS expired,
         ${SESSION_STANDS} AS session_live
  FROM authorization_record record
  WHERE id = asked.id AND environment_id = asked.environment_id AND generation IS NOT NULL`,
);

// Design section 4.3. No index holds a column written here, so the update stays in its page (HOT).
export const ROTATE = gatheredWrite(
  'authorization_rotate',
  { id: 'uuid', generation: 'int', idle: 'float8' },
  `
  , ${locking('good', {
    table: 'authorization_record record',
    where: `id = asked.id AND generation = asked.generation AND ${FAMILY_LIVES}`,
  })}
  UPDATE authorization_record record
  SET generation = record.generation + 1,
      rotated_at = now(),
      idle_expires_at = LEAST(now() + make_interval(secs => good.idle), absolute_expires_at)
  FROM good
  WHERE record.id = good.id AND record.id = ANY ($1::uuid[])
  RETURNING n, record.generation`,
);

export const FIND_SUCCESSOR = gatheredLookup(
  'authorization_find_successor',
  { id: 'uuid', generation: 'int', grace: 'float8' },
  `
  SELECT generation
  FROM authorization_record record
  WHERE id = asked.id AND generation = asked.generation + 1 AND now() < rotated_at + make_interval(secs => asked.grace)
    AND ${FAMILY_LIVES}`,
);

export const REVOKE = statement(
  'authorization_revoke',
  `
  UPDATE authorization_record
  SET revoked_at = now()
  WHERE id = $1 AND environment_id = $2 AND revoked_at IS NULL`,
);

// What was derived ends with its source, and with the source's session, which is its own unless the source is offline.
export const IS_LIVE = gatheredLookup(
  'authorization_is_live',
  { id: 'uuid', environment_id: 'text' },
  `
  WITH RECURSIVE record AS (
    SELECT derived_from, revoked_at, offline, session_id
    FROM authorization_record
    WHERE id = asked.id AND environment_id = asked.environment_id
    UNION ALL
    SELECT source.*
    FROM record
    CROSS JOIN LATERAL (
      SELECT derived_from, revoked_at, offline, session_id
      FROM authorization_record
      WHERE id = record.derived_from
      OFFSET 0
    ) AS source
  )
  SELECT bool_and(revoked_at IS NULL AND (derived_from IS NOT NULL OR ${SESSION_STANDS}))
         AND bool_or(derived_from IS NULL) AS live
  FROM record`,
);
