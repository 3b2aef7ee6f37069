import { expiringId, type NewAuthorization, type OnceArtifact, type SpentOnce } from '@grantway/domain';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/database.js';
import { gatheredWrite } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';
import { sessionStands } from './authorization-columns.js';
import { RECORD_ASKED, RECORD_COLUMNS, RECORD_VALUES, recordValues } from './authorization-record.js';

const DAY_MS = 86_400_000;
/** PostgreSQL's SQLSTATE. */
const UNIQUE_VIOLATION = '23505';

// The primary key lets one of many write; the others fail as a whole, or would leave a row of the two. What lies outside the
// partitions that surely exist is not spent at all.
const REDEEM_ONCE = gatheredWrite(
  'authorization_redeem_once',
  { day_id: 'uuid', next_day_id: 'uuid', until: 'timestamptz', ...RECORD_ASKED },
  `
  , spent AS (
    INSERT INTO spent_artifact (id, environment_id, authorization_id)
    SELECT day, environment_id, asked.id
    FROM asked
    CROSS JOIN unnest(ARRAY[day_id, next_day_id]) AS day
    WHERE until > now() AND until < now() + interval '25 hours'
      AND (offline OR ${sessionStands('asked.session_id')})
    ORDER BY day
    RETURNING authorization_id
  ), recorded AS (
    INSERT INTO authorization_record (${RECORD_COLUMNS})
    SELECT ${RECORD_VALUES}
    FROM asked
    WHERE id IN (SELECT authorization_id FROM spent)
    RETURNING id
  )
  SELECT n
  FROM asked JOIN recorded USING (id)`,
);

const FIND_SPENT = statement(
  'authorization_find_spent',
  `
  SELECT authorization_id, (extract(epoch FROM now() - spent_at) * 1000)::float8 AS ago
  FROM spent_artifact
  WHERE id = ANY($1::uuid[]) AND environment_id = $2
  LIMIT 1`,
);

/** @returns the authorization's id, or undefined when the artifact was spent before, or is not to be spent at all */
export async function redeemOnce(
  database: Database,
  artifact: OnceArtifact,
  authorization: NewAuthorization,
): Promise<string | undefined> {
  const id = uuidv7();
  const days = onceIds(authorization.environmentId, artifact);
  try {
    return (await database.call(REDEEM_ONCE, [...days, artifact.until, ...recordValues(id, authorization)])) && id;
  } catch (error) {
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return undefined;
    throw error;
  }
}

export async function findSpent(
  database: Database,
  environmentId: string,
  artifact: OnceArtifact,
): Promise<SpentOnce | undefined> {
  const values = [onceIds(environmentId, artifact), environmentId];
  const [row] = await database.query<{ authorization_id: string; ago: number }>(FIND_SPENT, values);
  return row && { authorizationId: row.authorization_id, ago: row.ago };
}

/**
 * By the day it ends and the day after. A grant that counts its end anew at each presentation comes to another day sooner or
 * later, and would have it spent again under an id of that day alone.
 */
function onceIds(environmentId: string, { id, grantType, until }: OnceArtifact): string[] {
  const day = until.getTime() - (until.getTime() % DAY_MS);
  return [day, day + DAY_MS].map((start) => expiringId(new Date(start), environmentId, grantType, id));
}
