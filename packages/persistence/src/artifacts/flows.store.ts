import { type Flow, type FlowStatus, type FlowStep, Flows, type NewFlow } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { given, isUuid } from '../database/values.js';

const COLUMNS = 'status, request, browser_hash, session_id, user_id, signed_on_at, resumed_at IS NOT NULL AS resumed';

const BEGIN = statement(
  'flow_begin',
  `
  INSERT INTO flow (id, environment_id, status, request, browser_hash, session_id, user_id, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))`,
);

const FIND = statement(
  'flow_find',
  `
  SELECT ${COLUMNS}
  FROM flow
  WHERE id = $1 AND environment_id = $2 AND expires_at > now()`,
);

const ADVANCE = statement(
  'flow_advance',
  `
  UPDATE flow
  SET status = $4,
      session_id = COALESCE($5, session_id),
      user_id = COALESCE($6, user_id),
      signed_on_at = CASE WHEN $7::boolean THEN now() ELSE signed_on_at END,
      expires_at = now() + make_interval(secs => $8)
  WHERE id = $1 AND environment_id = $2 AND status = $3 AND expires_at > now() AND resumed_at IS NULL`,
);

const RESUME = statement(
  'flow_resume',
  `
  UPDATE flow
  SET resumed_at = now()
  WHERE id = $1 AND environment_id = $2 AND status IN ('COMPLETED', 'FAILED')
    AND expires_at > now() AND resumed_at IS NULL
  RETURNING ${COLUMNS}`,
);

interface FlowRow {
  readonly status: FlowStatus;
  readonly request: Flow['request'];
  readonly browser_hash: Uint8Array;
  readonly session_id: string | null;
  readonly user_id: string | null;
  readonly signed_on_at: Date | null;
  readonly resumed: boolean;
}

@Injectable()
export class PostgresFlows extends Flows {
  constructor(private readonly database: Database) {
    super();
  }

  async begin({ environmentId, status, request, browserHash, sessionId, userId, lifetime }: NewFlow): Promise<string> {
    const id = uuidv7();
    await this.database.execute(BEGIN, [
      id,
      environmentId,
      status,
      request,
      browserHash,
      sessionId ?? null,
      userId ?? null,
      lifetime,
    ]);
    return id;
  }

  async find(environmentId: string, id: string): Promise<Flow | undefined> {
    return this.#one(FIND, environmentId, id);
  }

  async advance(environmentId: string, id: string, from: FlowStatus, step: FlowStep): Promise<boolean> {
    if (!isUuid(id)) return false;
    const { to, sessionId, userId, signedOn = false, lifetime } = step;
    const values = [sessionId ?? null, userId ?? null, signedOn, lifetime];
    return (await this.database.execute(ADVANCE, [id, environmentId, from, to, ...values])) === 1;
  }

  async resume(environmentId: string, id: string): Promise<Flow | undefined> {
    return this.#one(RESUME, environmentId, id);
  }

  async #one(read: typeof FIND, environmentId: string, id: string): Promise<Flow | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<FlowRow>(read, [id, environmentId]);
    return row && toFlow(environmentId, id, row);
  }
}

function toFlow(environmentId: string, id: string, row: FlowRow): Flow {
  return {
    id,
    environmentId,
    status: row.status,
    request: row.request,
    browserHash: row.browser_hash,
    ...given('sessionId', row.session_id),
    ...given('userId', row.user_id),
    ...given('signedOnAt', row.signed_on_at),
    resumed: row.resumed,
  };
}
