import { type Statement, statement } from '../database/statement.js';

/** Rows of a table that end by themselves, and how they go. */
export interface Sweep {
  readonly table: SweptTable;
  /** Values: rows at most; the last `look_at` and id of the batch before. Answers with {@link Swept}. */
  readonly statement: Statement;
  /** Whether rows may go only where no code or request is left that names one. */
  readonly afterArtifacts: boolean;
}

export type SweptTable = 'authorization_record' | 'session';

/** What came of a batch. */
export interface Swept {
  /** Rows whose time to be looked at had come, and that nobody held. */
  readonly looked: number;
  readonly removed: number;
  /** Where the next batch begins; null where nothing was looked at. */
  readonly last_look_at: string | null;
  readonly last_id: string | null;
}

/** Before the first row. */
export const FROM_THE_BEGINNING = ['-infinity', '00000000-0000-0000-0000-000000000000'] as const;

/**
 * Reads the rows whose `look_at` has come, removes those that are over, and says of the others when to look again. It waits for
 * nobody's row, and one that was changed meanwhile is judged as it is now: PostgreSQL evaluates anew what it locks.
 *
 * @param over SQL: from when on the row may go
 * @param needs SQL: which authorizations need the row; it is looked at again when the last of them may have gone
 */
function sweep(table: SweptTable, over: string, needs: string): Statement {
  return statement(
    `janitor_${table}`,
    `
  WITH due AS MATERIALIZED (
    SELECT id, look_at, GREATEST(
      ${over},
      (SELECT GREATEST(latest, now()) + interval '1 hour'
       FROM (SELECT max(needing.look_at) AS latest FROM authorization_record needing WHERE ${needs}) AS needed
       WHERE latest IS NOT NULL)) AS next_look
    FROM ${table} record
    WHERE look_at <= now() AND (look_at, id) > ($2::timestamptz, $3::uuid)
    ORDER BY look_at, id
    LIMIT $1
    FOR UPDATE OF record SKIP LOCKED
  ), removed AS (
    DELETE FROM ${table} record
    USING due
    WHERE record.id = due.id AND next_look <= now()
    RETURNING 1
  ), kept AS (
    UPDATE ${table} record
    SET look_at = next_look
    FROM due
    WHERE record.id = due.id AND next_look > now()
  ), last AS (
    SELECT look_at, id
    FROM due
    ORDER BY look_at DESC, id DESC
    LIMIT 1
  )
  SELECT (SELECT count(*) FROM due)::int AS looked, (SELECT count(*) FROM removed)::int AS removed,
         (SELECT look_at FROM last)::text AS last_look_at, (SELECT id FROM last) AS last_id`,
  );
}

// The longest token may have been issued with the last rotation. A day more, for clocks and for what was under way.
const AUTHORIZATION_OVER = `CASE
        WHEN revoked_at IS NOT NULL THEN revoked_at
        ELSE GREATEST(
          COALESCE(rotated_at, created_at) + make_interval(secs =>
            COALESCE((SELECT longest_token FROM environment WHERE environment.id = record.environment_id), 86400)),
          LEAST(idle_expires_at, absolute_expires_at))
      END + interval '1 day'`;

// Three days, because a code or request takes a session that is not there for one that stands (authorization_redeem_*): none of the
// session's time may be left. Those are dropped after two.
const SESSION_OVER = `COALESCE(ended_at, LEAST(idle_expires_at, absolute_expires_at)) + interval '3 days'`;

/** In the order of a round: what an authorization kept a session for ends with it. */
export const SWEEPS: readonly Sweep[] = [
  {
    table: 'authorization_record',
    statement: sweep('authorization_record', AUTHORIZATION_OVER, 'needing.derived_from = record.id'),
    afterArtifacts: false,
  },
  {
    // One that ended is as good as gone to what ends with it; one that merely expired is not (authorization_find_family).
    table: 'session',
    statement: sweep(
      'session',
      SESSION_OVER,
      `record.ended_at IS NULL AND needing.session_id = record.id AND NOT needing.offline AND needing.derived_from IS NULL`,
    ),
    afterArtifacts: true,
  },
];
