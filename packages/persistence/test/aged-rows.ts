import { v7 as uuidv7 } from 'uuid';
import type { ScratchDatabase } from './scratch-database.js';

export const HOUR = 3_600;
export const DAY = 86_400;

/** A session by its age, all in seconds; what has not come yet is negative. */
export interface AgedSession {
  readonly id: string;
  /** Since it could no longer be used for staying away, and for its age. */
  readonly idleAgo: number;
  readonly absoluteAgo: number;
  readonly endedAgo?: number;
}

/** An authorization by its age, all in seconds; what has not come yet is negative. */
export interface AgedAuthorization {
  readonly id: string;
  readonly environmentId: string;
  readonly createdAgo: number;
  readonly offline: boolean;
  readonly sessionId?: string;
  readonly derivedFrom?: string;
  readonly revokedAgo?: number;
  readonly family?: { readonly rotatedAgo: number; readonly idleAgo: number; readonly absoluteAgo: number };
}

export function anAgedSession(overrides: Partial<AgedSession> = {}): AgedSession {
  return { id: uuidv7(), idleAgo: 10 * DAY, absoluteAgo: 9 * DAY, ...overrides };
}

export function anAgedAuthorization(overrides: Partial<AgedAuthorization> = {}): AgedAuthorization {
  return { id: uuidv7(), environmentId: 'acme', createdAgo: 40 * DAY, offline: true, ...overrides };
}

/** As the stores would have written them so long ago, except that the janitor is to look at all of them now. */
export async function insertAged(
  { query }: Pick<ScratchDatabase, 'query'>,
  rows: { readonly sessions?: readonly AgedSession[]; readonly authorizations?: readonly AgedAuthorization[] },
): Promise<void> {
  await query(
    `INSERT INTO session (id, environment_id, secret_hash, user_id, acr, amr, idle_expires_at, absolute_expires_at, ended_at, look_at)
     SELECT id, 'acme', '', 'user-alice', 'urn:password', '{pwd}', ${ago('"idleAgo"')}, ${ago('"absoluteAgo"')}, ${ago('"endedAgo"')}, '-infinity'
     FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, "idleAgo" float8, "absoluteAgo" float8, "endedAgo" float8)`,
    [JSON.stringify(rows.sessions ?? [])],
  );
  await query(
    `INSERT INTO authorization_record (id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
            offline, derived_from, created_at, revoked_at, generation, salt, rotated_at, idle_expires_at, absolute_expires_at, look_at)
     SELECT id, "environmentId", 'shop', 'user', 'user-alice', '{openid}', '{}', now(), 'urn:password', '{pwd}', "sessionId",
            offline, "derivedFrom", ${ago('"createdAgo"')}, ${ago('"revokedAgo"')}, CASE WHEN family IS NOT NULL THEN 3 END,
            CASE WHEN family IS NOT NULL THEN '\\x00'::bytea END, ${ago("(family ->> 'rotatedAgo')::float8")},
            ${ago("(family ->> 'idleAgo')::float8")}, ${ago("(family ->> 'absoluteAgo')::float8")}, '-infinity'
     FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, "environmentId" text, "sessionId" uuid, offline boolean, "derivedFrom" uuid,
            "createdAgo" float8, "revokedAgo" float8, family jsonb)`,
    [JSON.stringify(rows.authorizations ?? [])],
  );
}

function ago(seconds: string): string {
  return `now() - make_interval(secs => ${seconds})`;
}
