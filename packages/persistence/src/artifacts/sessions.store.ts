import {
  type FoundSession,
  type Handle,
  HandlePrefix,
  type NewlySignedOn,
  type NewSession,
  newHandle,
  parseHandle,
  renewHandle,
  type Session,
  Sessions,
  secretMatches,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredLookup } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';
import { isUuid } from '../database/values.js';
import { toUser, type UserRow } from '../directory/user-columns.js';

/** @param idle,absolute parameters, in seconds */
export function insertSession(values: string, idle: string, absolute: string, from = ''): string {
  return `INSERT INTO session (id, environment_id, secret_hash, user_id, acr, amr, idle_expires_at, absolute_expires_at)
  SELECT ${values},
         now() + make_interval(secs => LEAST(${idle}::float8, ${absolute}::float8)), now() + make_interval(secs => ${absolute}::float8)
  ${from}`;
}

const CREATE = statement(
  'session_create',
  `
  ${insertSession('$1::uuid, $2, $3::bytea, $4, $5, $6::text[]', '$7', '$8')}
  RETURNING auth_time`,
);

const RENEW = statement(
  'session_renew',
  `
  UPDATE session
  SET secret_hash = $3, auth_time = now(), acr = $5, amr = $6,
      idle_expires_at = now() + make_interval(secs => LEAST($7::float8, $8::float8)),
      absolute_expires_at = now() + make_interval(secs => $8::float8)
  WHERE id = $1 AND environment_id = $2 AND user_id = $4
    AND ended_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()
  RETURNING auth_time`,
);

/**
 * SQL: a live session and its local user, under names that no other table has.
 *
 * @param id the column of `asked` that says which; its `environment_id` and `idle` are asked for as well
 */
export function selectSession(id: string): string {
  return `SELECT session.user_id AS session_user_id, secret_hash, auth_time, acr, amr,
         idle_expires_at < LEAST(now() + make_interval(secs => asked.idle - LEAST(60, asked.idle / 10)), absolute_expires_at) AS slide,
         directory_user.id AS local_user_id, username, directory_user.status AS user_status, claims,
         password_changed_at, must_change_password
  FROM session LEFT JOIN directory_user
    ON directory_user.environment_id = session.environment_id AND directory_user.id = session.user_id
  WHERE session.id = asked.${id} AND session.environment_id = asked.environment_id
    AND ended_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()`;
}

const FIND = gatheredLookup(
  'session_find',
  { id: 'uuid', environment_id: 'text', idle: 'float8' },
  `\n  ${selectSession('id')}`,
);

const FIND_BY_ID = statement(
  'session_find_by_id',
  `
  SELECT user_id, auth_time, acr, amr
  FROM session
  WHERE id = $1 AND environment_id = $2
    AND ended_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()`,
);

const SLIDE = statement(
  'session_slide',
  `
  UPDATE session
  SET idle_expires_at = LEAST(now() + make_interval(secs => $2), absolute_expires_at)
  WHERE id = $1 AND ended_at IS NULL`,
);

const END = statement(
  'session_end',
  `
  UPDATE session
  SET ended_at = now()
  WHERE id = $1 AND environment_id = $2 AND ended_at IS NULL`,
);

interface SessionRow {
  readonly user_id: string;
  readonly auth_time: Date;
  readonly acr: string;
  readonly amr: string[];
}

/** What {@link selectSession} gives. */
export interface FoundSessionRow extends Omit<SessionRow, 'user_id'>, Omit<UserRow, 'id' | 'status'> {
  readonly session_user_id: string;
  readonly secret_hash: Uint8Array;
  /** A minute, or a tenth of a short limit, has gone since the limit was last moved. */
  readonly slide: boolean;
  /** Null where the table of local users has nobody of that id. */
  readonly local_user_id: string | null;
  readonly user_status: UserRow['status'];
}

/** Undefined when the handle is not the session's. Slides the idle limit. */
export async function foundSession(
  database: Database,
  environmentId: string,
  { id, secret }: Handle,
  idle: number,
  row: FoundSessionRow,
): Promise<FoundSession | undefined> {
  if (!secretMatches(secret, row.secret_hash)) return undefined;
  // A write for each request of a busy browser would buy nothing but WAL.
  if (row.slide) await database.execute(SLIDE, [id, idle]);
  const { session_user_id: userId, auth_time: authTime, acr, amr, local_user_id: localId, user_status: status } = row;
  const session = { id, environmentId, userId, authTime, acr, amr };
  return localId === null ? session : { ...session, localUser: toUser(environmentId, { ...row, id: localId, status }) };
}

@Injectable()
export class PostgresSessions extends Sessions {
  constructor(private readonly database: Database) {
    super();
  }

  async create({ environmentId, userId, acr, amr, idle, absolute }: NewSession): Promise<NewlySignedOn> {
    const { id, handle, secretHash } = newHandle(HandlePrefix.Session);
    const [row] = await this.database.query<{ auth_time: Date }>(CREATE, [
      id,
      environmentId,
      secretHash,
      userId,
      acr,
      [...amr],
      idle,
      absolute,
    ]);
    if (!row) throw new Error('an insert returned nothing');
    return { session: { id, environmentId, userId, authTime: row.auth_time, acr, amr: [...amr] }, handle };
  }

  async renew(
    id: string,
    { environmentId, userId, acr, amr, idle, absolute }: NewSession,
  ): Promise<NewlySignedOn | undefined> {
    if (!isUuid(id)) return undefined;
    const { handle, secretHash } = renewHandle(HandlePrefix.Session, id);
    const values = [id, environmentId, secretHash, userId, acr, [...amr], idle, absolute];
    const [row] = await this.database.query<{ auth_time: Date }>(RENEW, values);
    return row && { session: { id, environmentId, userId, authTime: row.auth_time, acr, amr: [...amr] }, handle };
  }

  async find(environmentId: string, handle: string, idle: number): Promise<FoundSession | undefined> {
    const parsed = parseHandle(HandlePrefix.Session, handle);
    if (!parsed) return undefined;
    const row = await this.database.call<FoundSessionRow>(FIND, [parsed.id, environmentId, idle]);
    return row && foundSession(this.database, environmentId, parsed, idle, row);
  }

  async findById(environmentId: string, id: string): Promise<Session | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<SessionRow>(FIND_BY_ID, [id, environmentId]);
    return row && { id, environmentId, userId: row.user_id, authTime: row.auth_time, acr: row.acr, amr: row.amr };
  }

  async end(environmentId: string, id: string): Promise<void> {
    if (isUuid(id)) await this.database.execute(END, [id, environmentId]);
  }
}
