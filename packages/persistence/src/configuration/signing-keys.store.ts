import { ActiveKeyExists, type SigningKey, SigningKeys } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { hasSqlState } from '../database/infrastructure-error.js';
import { statement } from '../database/statement.js';
import { given, isKey } from '../database/values.js';
import { ConfigCache } from './config-cache.js';

type KeyRow = Omit<SigningKey, 'keptUntil'> & { readonly keptUntil: Date | null };

const COLUMNS = `
         environment_id AS "environmentId", kid, algorithm, state, public_jwk AS "publicJwk",
         private_key AS "encryptedPrivateKey", keep_until AS "keptUntil"`.trim();

const LIST = statement(
  'signing_key_list',
  `
  SELECT ${COLUMNS}
  FROM signing_key
  WHERE environment_id = $1 AND state <> 'retired'
  ORDER BY created_at, kid`,
);

const FIND = statement(
  'signing_key_find',
  `
  SELECT ${COLUMNS}
  FROM signing_key
  WHERE environment_id = $1 AND kid = $2 AND state <> 'retired'`,
);

const ADD = statement(
  'signing_key_add',
  `
  INSERT INTO signing_key
    (environment_id, kid, algorithm, state, public_jwk, private_key, keep_until, activated_at, retiring_at, retired_at)
  VALUES ($1, $2, $3, $4::text, $5, $6,
          COALESCE($7, CASE $4::text WHEN 'active' THEN now() + interval '6 hours' END),
          CASE $4::text WHEN 'active' THEN now() END,
          CASE $4::text WHEN 'retiring' THEN now() END,
          CASE $4::text WHEN 'retired' THEN now() END)`,
);

const KEEP = statement(
  'signing_key_keep',
  `
  UPDATE signing_key
  SET keep_until = GREATEST(keep_until, $3)
  WHERE environment_id = $1 AND kid = $2 AND state <> 'retired'`,
);

const UNIQUE_VIOLATION = '23505';

@Injectable()
export class CachedSigningKeys extends SigningKeys {
  constructor(
    private readonly database: Database,
    private readonly cache: ConfigCache,
  ) {
    super();
  }

  async list(environmentId: string): Promise<readonly SigningKey[]> {
    if (!isKey(environmentId)) return [];
    return this.cache.get(environmentId, 'signing keys', async () => {
      const rows = await this.database.query<KeyRow>(LIST, [environmentId]);
      return rows.map(toKey);
    });
  }

  async find(environmentId: string, kid: string): Promise<SigningKey | undefined> {
    if (!isKey(environmentId) || !isKey(kid)) return undefined;
    const [row] = await this.database.query<KeyRow>(FIND, [environmentId, kid]);
    if (!row) return undefined;
    const listed = await this.list(environmentId);
    if (!listed.some((key) => key.kid === kid)) this.cache.forget(environmentId);
    return toKey(row);
  }

  async add(key: SigningKey): Promise<void> {
    const { environmentId, kid, algorithm, state, publicJwk, encryptedPrivateKey, keptUntil = null } = key;
    const values = [environmentId, kid, algorithm, state, publicJwk, encryptedPrivateKey, keptUntil];
    try {
      await this.database.execute(ADD, values);
    } catch (error) {
      if (hasSqlState(error, UNIQUE_VIOLATION)) throw new ActiveKeyExists(environmentId, { cause: error });
      throw error;
    } finally {
      // The announcement comes back to us too, but a writer must see its own change at once.
      this.cache.forget(environmentId);
    }
  }

  async keep(environmentId: string, kid: string, until: Date): Promise<boolean> {
    if (!isKey(kid)) return false;
    try {
      return (await this.database.execute(KEEP, [environmentId, kid, until])) === 1;
    } finally {
      this.cache.forget(environmentId);
    }
  }
}

function toKey({ keptUntil, ...row }: KeyRow): SigningKey {
  return { ...row, ...given('keptUntil', keptUntil) };
}
