import {
  HandlePrefix,
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
import { statement } from '../database/statement.js';
import { isUuid } from '../database/values.js';

const CREATE = statement(
  'session_create',
  `
  INSERT INTO session (id, environment_id, secret_hash, user_id, acr, amr, idle_expires_at, absolute_expires_at)
  VALUES ($1, $2, $3, $4, $5, $6,
          now() + make_interval(secs => LEAST($7::float8, $8::float8)), now() + make_interval(secs => $8::float8))
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

const FIND = statement(
  'session_find',
  `
  SELECT user_id, secret_hash, auth_time, acr, amr,
         idle_expires_at < LEAST(now() + make_interval(secs => $3 - LEAST(60, $3 / 10)), absolute_expires_at) AS slide
  FROM session
  WHERE id = $1 AND environment_id = $2
    AND ended_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()`,
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
  readonly secret_hash: Uint8Array;
  readonly auth_time: Date;
  readonly acr: string;
  readonly amr: string[];
  /** A minute, or a tenth of a short limit, has gone since the limit was last moved. */
  readonly slide: boolean;
}

@Injectable()
export class PostgresSessions extends Sessions {
  constructor(private readonly database: Database) {
    super();
  }

  async create({
    environmentId,
    userId,
    acr,
    amr,
    idle,
    absolute,
  }: NewSession): Promise<{ session: Session; handle: string }> {
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
  ): Promise<{ session: Session; handle: string } | undefined> {
    if (!isUuid(id)) return undefined;
    const { handle, secretHash } = renewHandle(HandlePrefix.Session, id);
    const values = [id, environmentId, secretHash, userId, acr, [...amr], idle, absolute];
    const [row] = await this.database.query<{ auth_time: Date }>(RENEW, values);
    return row && { session: { id, environmentId, userId, authTime: row.auth_time, acr, amr: [...amr] }, handle };
  }

  async find(environmentId: string, handle: string, idle: number): Promise<Session | undefined> {
    const parsed = parseHandle(HandlePrefix.Session, handle);
    if (!parsed) return undefined;
    const { id, secret } = parsed;
    const [row] = await this.database.query<SessionRow>(FIND, [id, environmentId, idle]);
    if (!row || !secretMatches(secret, row.secret_hash)) return undefined;
    // A write for each request of a busy browser would buy nothing but WAL.
    if (row.slide) await this.database.execute(SLIDE, [id, idle]);
    return { id, environmentId, userId: row.user_id, authTime: row.auth_time, acr: row.acr, amr: row.amr };
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
