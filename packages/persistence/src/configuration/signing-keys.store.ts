import { ActiveKeyExists, type KeyState, type SigningKey, SigningKeys } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { hasSqlState } from '../database/infrastructure-error.js';
import { statement } from '../database/statement.js';
import { isKey } from '../database/values.js';
import { ConfigCache } from './config-cache.js';

const LIST = statement(
  'signing_key_list',
  `
  SELECT environment_id AS "environmentId", kid, algorithm, state, public_jwk AS "publicJwk",
         private_key AS "encryptedPrivateKey"
  FROM signing_key
  WHERE environment_id = $1
  ORDER BY created_at, kid`,
);

const ADD = statement(
  'signing_key_add',
  `
  INSERT INTO signing_key
    (environment_id, kid, algorithm, state, public_jwk, private_key, activated_at, retiring_at, retired_at)
  VALUES ($1, $2, $3, $4::text, $5, $6,
          CASE $4::text WHEN 'active' THEN now() END,
          CASE $4::text WHEN 'retiring' THEN now() END,
          CASE $4::text WHEN 'retired' THEN now() END)`,
);

const ADVANCE = statement(
  'signing_key_advance',
  `
  UPDATE signing_key
  SET state = $4::text,
      activated_at = CASE $4::text WHEN 'active' THEN now() ELSE activated_at END,
      retiring_at = CASE $4::text WHEN 'retiring' THEN now() ELSE retiring_at END,
      retired_at = CASE $4::text WHEN 'retired' THEN now() ELSE retired_at END
  WHERE environment_id = $1 AND kid = $2 AND state = $3`,
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
    return this.cache.get(environmentId, 'signing keys', () => this.database.query<SigningKey>(LIST, [environmentId]));
  }

  async add(key: SigningKey): Promise<void> {
    const { environmentId, kid, algorithm, state, publicJwk, encryptedPrivateKey } = key;
    await this.#write(ADD, [environmentId, kid, algorithm, state, publicJwk, encryptedPrivateKey], key);
  }

  async advance(environmentId: string, kid: string, from: KeyState, to: KeyState): Promise<boolean> {
    return (await this.#write(ADVANCE, [environmentId, kid, from, to], { environmentId })) === 1;
  }

  /** The announcement comes back to us too, but a writer must see its own change at once. */
  async #write(
    change: typeof ADD,
    values: readonly unknown[],
    { environmentId }: { environmentId: string },
  ): Promise<number> {
    try {
      return await this.database.execute(change, values);
    } catch (error) {
      if (hasSqlState(error, UNIQUE_VIOLATION)) throw new ActiveKeyExists(environmentId, { cause: error });
      throw error;
    } finally {
      this.cache.forget(environmentId);
    }
  }
}
