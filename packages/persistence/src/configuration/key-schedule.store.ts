import {
  DEFAULT_KEY_TIMES,
  type KeyRecord,
  KeySchedule,
  type KeyState,
  type KeyStep,
  type SigningKey,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { hasSqlState } from '../database/infrastructure-error.js';
import { type Statement, statement } from '../database/statement.js';
import { given, isKey } from '../database/values.js';
import { ConfigCache } from './config-cache.js';

const ANNOUNCE_FOR = `COALESCE((e.signing ->> 'announceFor')::int, ${DEFAULT_KEY_TIMES.announceFor})`;
const ROTATE_EVERY = `COALESCE((e.signing ->> 'rotateEvery')::int, ${DEFAULT_KEY_TIMES.rotateEvery})`;
/** Seconds; the next one is announced so early that it can sign when the time of this one is over. */
const FOLLOWED_AFTER = `GREATEST(0, ${ROTATE_EVERY} - ${ANNOUNCE_FOR})`;

const LONG_ENOUGH_ANNOUNCED = `k.state = 'announced' AND k.created_at <= now() - make_interval(secs => ${ANNOUNCE_FOR})`;

const DUE_TO_BE_FOLLOWED = `
  k.state = 'active' AND ${ROTATE_EVERY} > 0
    AND COALESCE(k.activated_at, k.created_at) <= now() - make_interval(secs => ${FOLLOWED_AFTER})
    AND NOT EXISTS (
      SELECT 1 FROM signing_key n
      WHERE n.environment_id = k.environment_id AND n.algorithm = k.algorithm AND n.state = 'announced')`.trim();

/** One of a version that did not remember it: 30 days is the most an access token may live. */
const ALL_EXPIRED = `k.state = 'retiring' AND COALESCE(k.keep_until, k.retiring_at + interval '31 days') <= now()`;

/** Keys that are younger than the shortest time of any environment are passed over without looking at their own: nearly all. */
const DUE = statement(
  'key_schedule_due',
  `
  WITH shortest AS MATERIALIZED (
    SELECT make_interval(secs => min(${FOLLOWED_AFTER})) AS time FROM environment e WHERE ${ROTATE_EVERY} > 0
  ), old_enough AS MATERIALIZED (
    SELECT environment_id, kid
    FROM signing_key
    WHERE state <> 'retired'
      AND (state <> 'active' OR COALESCE(activated_at, created_at) <= now() - (SELECT time FROM shortest))
  )
  SELECT k.environment_id AS "environmentId", k.kid, k.algorithm,
         CASE k.state WHEN 'announced' THEN 'activate' WHEN 'active' THEN 'follow' ELSE 'retire' END AS step
  FROM old_enough
  JOIN signing_key k USING (environment_id, kid)
  JOIN environment e ON e.id = k.environment_id
  WHERE ${LONG_ENOUGH_ANNOUNCED}
     OR ${DUE_TO_BE_FOLLOWED}
     OR ${ALL_EXPIRED}
  ORDER BY k.created_at, k.kid
  LIMIT $1`,
);

const FOLLOW = statement(
  'key_schedule_follow',
  `
  INSERT INTO signing_key (environment_id, kid, algorithm, state, public_jwk, private_key, scheduled)
  SELECT k.environment_id, $2, k.algorithm, 'announced', $4, $5, true
  FROM signing_key k
  JOIN environment e ON e.id = k.environment_id
  WHERE k.environment_id = $1 AND k.algorithm = $3 AND ${DUE_TO_BE_FOLLOWED}
  ON CONFLICT (environment_id, algorithm) WHERE state = 'announced' AND scheduled DO NOTHING`,
);

/** Counting those that were stopped makes PostgreSQL stop them first: at no moment are two active. */
const ACTIVATE = statement(
  'key_schedule_activate',
  `
  WITH next AS MATERIALIZED (
    SELECT k.environment_id, k.kid, k.algorithm
    FROM signing_key k
    JOIN environment e ON e.id = k.environment_id
    WHERE k.environment_id = $1 AND k.kid = $2 AND ${LONG_ENOUGH_ANNOUNCED}
  ), stopped AS (
    UPDATE signing_key k
    SET state = 'retiring', retiring_at = now(), private_key = ''
    FROM next
    WHERE k.environment_id = next.environment_id AND k.algorithm = next.algorithm AND k.state = 'active'
    RETURNING 1
  )
  UPDATE signing_key k
  SET state = 'active', activated_at = now(), keep_until = GREATEST(k.keep_until, now() + interval '6 hours')
  FROM next
  WHERE k.environment_id = next.environment_id AND k.kid = next.kid AND k.state = 'announced'
    AND (SELECT count(*) FROM stopped) >= 0`,
);

const RETIRE = statement(
  'key_schedule_retire',
  `
  UPDATE signing_key k
  SET state = 'retired', retired_at = now(), private_key = ''
  WHERE k.environment_id = $1 AND k.kid = $2 AND ${ALL_EXPIRED}`,
);

/** What it was is read under the lock: a key that is followed meanwhile needs no replacement. */
const REMOVE = statement(
  'key_schedule_remove',
  `
  WITH target AS MATERIALIZED (
    SELECT environment_id, kid, algorithm, state
    FROM signing_key
    WHERE environment_id = $1 AND kid = $2 AND state <> 'retired' AND algorithm = $4
    FOR UPDATE
  ), removed AS (
    UPDATE signing_key k
    SET state = 'retired', retired_at = now(), private_key = ''
    FROM target t
    WHERE k.environment_id = t.environment_id AND k.kid = t.kid
    RETURNING t.state, k.algorithm
  ), replaced AS (
    INSERT INTO signing_key
      (environment_id, kid, algorithm, state, public_jwk, private_key, activated_at, keep_until)
    SELECT $1, $3, r.algorithm, 'active', $5, $6, now(), now() + interval '6 hours'
    FROM removed r
    WHERE r.state = 'active'
  )
  SELECT state AS before
  FROM removed`,
);

const RECORDS = statement(
  'key_schedule_records',
  `
  SELECT k.kid, k.algorithm, k.state, k.created_at AS "announcedAt",
         COALESCE(k.activated_at, k.created_at + make_interval(secs => ${ANNOUNCE_FOR})) AS "activeFrom",
         k.retiring_at AS "retiringAt", k.keep_until AS "keptUntil", k.retired_at AS "retiredAt"
  FROM signing_key k
  JOIN environment e ON e.id = k.environment_id
  WHERE k.environment_id = $1
  ORDER BY k.created_at, k.kid`,
);

type Optional = 'retiringAt' | 'keptUntil' | 'retiredAt';
type RecordRow = Omit<KeyRecord, Optional> & { readonly [K in Optional]: Date | null };

const UNIQUE_VIOLATION = '23505';

/** The steps of a key, each one statement. */
@Injectable()
export class PostgresKeySchedule extends KeySchedule {
  constructor(
    private readonly database: Database,
    private readonly cache: ConfigCache,
  ) {
    super();
  }

  async due(most: number): Promise<readonly KeyStep[]> {
    return this.database.query<KeyStep>(DUE, [most]);
  }

  async follow({ environmentId, kid, algorithm, publicJwk, encryptedPrivateKey }: SigningKey): Promise<boolean> {
    return this.#wrote(environmentId, FOLLOW, [environmentId, kid, algorithm, publicJwk, encryptedPrivateKey]);
  }

  async activate(environmentId: string, kid: string): Promise<boolean> {
    try {
      return await this.#wrote(environmentId, ACTIVATE, [environmentId, kid]);
    } catch (error) {
      // Another key of this algorithm became active while this statement waited for its row.
      if (hasSqlState(error, UNIQUE_VIOLATION)) return false;
      throw error;
    }
  }

  async retire(environmentId: string, kid: string): Promise<boolean> {
    return this.#wrote(environmentId, RETIRE, [environmentId, kid]);
  }

  async remove(kid: string, replacement: SigningKey): Promise<KeyState | undefined> {
    const { environmentId, kid: next, algorithm, publicJwk, encryptedPrivateKey } = replacement;
    if (!isKey(kid)) return undefined;
    try {
      const values = [environmentId, kid, next, algorithm, publicJwk, encryptedPrivateKey];
      const [row] = await this.database.query<{ before: KeyState }>(REMOVE, values);
      return row?.before;
    } finally {
      this.cache.forget(environmentId);
    }
  }

  async records(environmentId: string): Promise<readonly KeyRecord[]> {
    if (!isKey(environmentId)) return [];
    const rows = await this.database.query<RecordRow>(RECORDS, [environmentId]);
    return rows.map(({ retiringAt, keptUntil, retiredAt, ...row }) => ({
      ...row,
      ...given('retiringAt', retiringAt),
      ...given('keptUntil', keptUntil),
      ...given('retiredAt', retiredAt),
    }));
  }

  /** The announcement comes back to us too, but a writer must see its own change at once. */
  async #wrote(environmentId: string, change: Statement, values: readonly unknown[]): Promise<boolean> {
    try {
      return (await this.database.execute(change, values)) === 1;
    } finally {
      this.cache.forget(environmentId);
    }
  }
}
