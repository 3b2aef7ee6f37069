import {
  type ServiceAccount,
  type ServiceAccountChanges,
  type ServiceAccountSettings,
  ServiceAccounts,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { given, isKey } from '../database/values.js';
import { ConfigCache } from './config-cache.js';

interface ServiceAccountRow extends Omit<ServiceAccount, 'description' | 'jtiHash' | 'fromFile'> {
  readonly description: string | null;
  readonly jtiHash: Uint8Array | null;
  readonly fromFile: boolean;
}

const COLUMNS = `environment_id AS "environmentId", id, name, description, enabled, client_id AS "clientId", scopes, bindings,
         version, jti_hash AS "jtiHash", origin = 'file' AS "fromFile"`;

const FIND = statement(
  'service_account_find',
  `
  SELECT ${COLUMNS}
  FROM service_account
  WHERE environment_id = $1 AND id = $2`,
);

const LIST = statement(
  'service_account_list',
  `
  SELECT ${COLUMNS}
  FROM service_account
  WHERE environment_id = $1 AND ($2::text IS NULL OR client_id = $2)
  ORDER BY id`,
);

// Nothing is written, and so nothing announced, where nothing changes.
const SAVE = statement(
  'service_account_save',
  `
  INSERT INTO service_account AS old
    (environment_id, id, name, description, enabled, client_id, scopes, bindings)
  VALUES ($1, $2, $3, $4, $5, $6, $7::text[], $8::text[])
  ON CONFLICT (environment_id, id) DO UPDATE
  SET name = EXCLUDED.name, description = EXCLUDED.description, enabled = EXCLUDED.enabled,
      client_id = EXCLUDED.client_id, scopes = EXCLUDED.scopes, bindings = EXCLUDED.bindings, updated_at = now()
  WHERE (old.name, old.description, old.enabled, old.client_id, old.scopes, old.bindings)
        IS DISTINCT FROM
        (EXCLUDED.name, EXCLUDED.description, EXCLUDED.enabled, EXCLUDED.client_id, EXCLUDED.scopes, EXCLUDED.bindings)
  RETURNING xmax = 0 AS created`,
);

// What is not named is taken from the row as it is when it is written, so parallel changes of other columns all stay.
const CHANGE = statement(
  'service_account_change',
  `
  UPDATE service_account
  SET name = COALESCE($3::text, name), description = NULLIF(COALESCE($4::text, description), ''),
      enabled = COALESCE($5::boolean, enabled), client_id = COALESCE($6::text, client_id),
      scopes = COALESCE($7::text[], scopes), bindings = COALESCE($8::text[], bindings), updated_at = now()
  WHERE environment_id = $1 AND id = $2
    AND (name, description, enabled, client_id, scopes, bindings)
        IS DISTINCT FROM
        (COALESCE($3::text, name), NULLIF(COALESCE($4::text, description), ''), COALESCE($5::boolean, enabled),
         COALESCE($6::text, client_id), COALESCE($7::text[], scopes), COALESCE($8::text[], bindings))`,
);

// Of parallel rotations each has a version of its own; the last one's token is the good one.
const ROTATE = statement(
  'service_account_rotate',
  `
  UPDATE service_account
  SET jti_hash = $3, version = DEFAULT, updated_at = now()
  WHERE environment_id = $1 AND id = $2
  RETURNING ${COLUMNS}`,
);

const REMOVE = statement(
  'service_account_remove',
  `
  DELETE FROM service_account
  WHERE environment_id = $1 AND id = $2`,
);

@Injectable()
export class CachedServiceAccounts extends ServiceAccounts {
  constructor(
    private readonly database: Database,
    private readonly cache: ConfigCache,
  ) {
    super();
  }

  async find(environmentId: string, id: string): Promise<ServiceAccount | undefined> {
    if (!isKey(environmentId) || !isKey(id)) return undefined;
    return this.cache.get(environmentId, `service account ${id}`, async () => {
      const [row] = await this.database.query<ServiceAccountRow>(FIND, [environmentId, id]);
      return row && toServiceAccount(row);
    });
  }

  async list(environmentId: string, clientId?: string): Promise<readonly ServiceAccount[]> {
    if (!isKey(environmentId) || !isKey(clientId ?? '')) return [];
    const rows = await this.database.query<ServiceAccountRow>(LIST, [environmentId, clientId ?? null]);
    return rows.map(toServiceAccount);
  }

  async save(settings: ServiceAccountSettings): Promise<'created' | 'updated' | 'unchanged'> {
    const { environmentId, id, name, description = null, enabled, clientId, scopes, bindings } = settings;
    const values = [environmentId, id, name, description, enabled, clientId, [...scopes], [...bindings]];
    return this.#writing(environmentId, async () => {
      const [row] = await this.database.query<{ created: boolean }>(SAVE, values);
      if (!row) return 'unchanged';
      return row.created ? 'created' : 'updated';
    });
  }

  async change(environmentId: string, id: string, changes: ServiceAccountChanges): Promise<boolean> {
    if (!isKey(environmentId) || !isKey(id)) return false;
    const { name = null, description = null, enabled = null, clientId = null, scopes, bindings } = changes;
    const lists = [scopes ? [...scopes] : null, bindings ? [...bindings] : null];
    const values = [environmentId, id, name, description, enabled, clientId, ...lists];
    return this.#writing(environmentId, async () => (await this.database.execute(CHANGE, values)) > 0);
  }

  async rotate(environmentId: string, id: string, jtiHash: Uint8Array): Promise<ServiceAccount | undefined> {
    if (!isKey(environmentId) || !isKey(id)) return undefined;
    return this.#writing(environmentId, async () => {
      const [row] = await this.database.query<ServiceAccountRow>(ROTATE, [environmentId, id, jtiHash]);
      return row && toServiceAccount(row);
    });
  }

  async remove(environmentId: string, id: string): Promise<boolean> {
    if (!isKey(environmentId) || !isKey(id)) return false;
    return this.#writing(environmentId, async () => (await this.database.execute(REMOVE, [environmentId, id])) > 0);
  }

  /** The announcement comes back to us too, but a writer must see its own change at once. */
  async #writing<Result>(environmentId: string, write: () => Promise<Result>): Promise<Result> {
    try {
      return await write();
    } finally {
      this.cache.forget(environmentId);
    }
  }
}

function toServiceAccount({ description, jtiHash, fromFile, ...row }: ServiceAccountRow): ServiceAccount {
  return {
    ...row,
    ...given('description', description),
    ...given('jtiHash', jtiHash),
    ...(fromFile && { fromFile }),
  };
}
