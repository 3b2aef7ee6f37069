import { type Flow, type FlowStatus, type FlowStep, Flows, type NewFlow } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { given, isUuid } from '../database/values.js';

// A row without a purpose was begun by the version before, which knew one (the migration every_grant).
const COLUMNS = `status, COALESCE(purpose, jsonb_build_object('kind', 'authorize', 'request', request)) AS purpose, browser_hash, session_id, user_id, signed_on_at, created_at, expires_at,
         resumed_at IS NOT NULL AS resumed`;

const BEGIN = statement(
  'flow_begin',
  `
  INSERT INTO flow (id, environment_id, status, purpose, request, browser_hash, session_id, user_id, expires_at)
  VALUES ($1, $2, $3, $4::jsonb, COALESCE($4::jsonb -> 'request', '{}'), $5, $6, $7,
          now() + make_interval(secs => $8))`,
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
      session_id = COALESCE($5, CASE WHEN NOT $10::boolean THEN session_id END),
      user_id = COALESCE($6, CASE WHEN NOT $10::boolean THEN user_id END),
      signed_on_at = CASE WHEN $7::boolean THEN now() WHEN NOT $10::boolean THEN signed_on_at END,
      purpose = COALESCE($9::jsonb, purpose),
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
  readonly purpose: Flow['purpose'];
  readonly created_at: Date;
  readonly expires_at: Date;
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

  async begin({ environmentId, status, purpose, browserHash, sessionId, userId, lifetime }: NewFlow): Promise<string> {
    const id = uuidv7();
    await this.database.execute(BEGIN, [
      id,
      environmentId,
      status,
      purpose,
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
    const { to, sessionId, userId, signedOn = false, lifetime, purpose, forget = false } = step;
    const values = [sessionId ?? null, userId ?? null, signedOn, lifetime, purpose ?? null, forget];
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
    purpose: row.purpose,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    browserHash: row.browser_hash,
    ...given('sessionId', row.session_id),
    ...given('userId', row.user_id),
    ...given('signedOnAt', row.signed_on_at),
    resumed: row.resumed,
  };
}
