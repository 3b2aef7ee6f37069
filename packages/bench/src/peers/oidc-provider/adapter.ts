import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import type { Pool, QueryResult } from 'pg';

const TABLE = `
CREATE TABLE IF NOT EXISTS oidc_payload (
  model text NOT NULL,
  id text NOT NULL,
  payload jsonb NOT NULL,
  grant_id text,
  uid text,
  user_code text,
  expires_at timestamptz,
  PRIMARY KEY (model, id)
);
CREATE INDEX IF NOT EXISTS oidc_payload_grant_id ON oidc_payload (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS oidc_payload_uid ON oidc_payload (uid) WHERE uid IS NOT NULL;
CREATE INDEX IF NOT EXISTS oidc_payload_user_code ON oidc_payload (user_code) WHERE user_code IS NOT NULL;
`;

const LIVING = '(expires_at IS NULL OR expires_at > now())';

const STATEMENTS = {
  upsert: `
    INSERT INTO oidc_payload (model, id, payload, grant_id, uid, user_code, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
      uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at`,
  find: `SELECT payload FROM oidc_payload WHERE model = $1 AND id = $2 AND ${LIVING}`,
  findByUid: `SELECT payload FROM oidc_payload WHERE model = $1 AND uid = $2 AND ${LIVING}`,
  findByUserCode: `SELECT payload FROM oidc_payload WHERE model = $1 AND user_code = $2 AND ${LIVING}`,
  consume: `
    UPDATE oidc_payload SET payload = payload || jsonb_build_object('consumed', extract(epoch FROM now())::bigint)
    WHERE model = $1 AND id = $2 AND NOT payload ? 'consumed'`,
  destroy: 'DELETE FROM oidc_payload WHERE model = $1 AND id = $2',
  revokeByGrantId: 'DELETE FROM oidc_payload WHERE model = $1 AND grant_id = $2',
};

/** One of oidc-provider's models, kept in PostgreSQL. */
class PostgresAdapter implements Adapter {
  constructor(
    private readonly pool: Pool,
    private readonly model: string,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { grantId = null, uid = null, userCode = null } = payload;
    const expiresAt = expiresIn === undefined ? null : new Date(Date.now() + expiresIn * 1_000);
    await this.#run('upsert', id, payload, grantId, uid, userCode, expiresAt);
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return this.#payload('find', id);
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#payload('findByUid', uid);
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#payload('findByUserCode', userCode);
  }

  /** @throws InvalidGrant when another request was faster: of two at once only one may use a code */
  async consume(id: string): Promise<void> {
    const { rowCount } = await this.#run('consume', id);
    if (rowCount === 0) throw new errors.InvalidGrant('already consumed');
  }

  async destroy(id: string): Promise<void> {
    await this.#run('destroy', id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#run('revokeByGrantId', grantId);
  }

  async #payload(name: keyof typeof STATEMENTS, key: string): Promise<AdapterPayload | undefined> {
    const { rows } = await this.#run(name, key);
    return rows[0]?.payload;
  }

  #run(name: keyof typeof STATEMENTS, ...values: unknown[]): Promise<QueryResult<{ payload: AdapterPayload }>> {
    return this.pool.query({ name: `oidc_${name}`, text: STATEMENTS[name], values: [this.model, ...values] });
  }
}

/** Creates the table where there is none. */
export async function postgresAdapter(pool: Pool): Promise<AdapterFactory> {
  await pool.query(TABLE);
  return (model) => new PostgresAdapter(pool, model);
}
