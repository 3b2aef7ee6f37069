import {
  HandlePrefix,
  hashSecret,
  newHandle,
  type OpaqueAccessToken,
  OpaqueAccessTokens,
  parseHandle,
  secretMatches,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredLookup, gatheredWrite } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';

const ISSUE = gatheredWrite(
  'opaque_access_token_issue',
  { id: 'uuid', environment_id: 'text', client_id: 'text', secret_hash: 'bytea', claims: 'jsonb', lifetime: 'float8' },
  `
  INSERT INTO opaque_access_token (id, environment_id, client_id, secret_hash, claims, expires_at)
  SELECT id, environment_id, client_id, secret_hash, claims, now() + make_interval(secs => lifetime)
  FROM asked`,
);

const FIND = gatheredLookup(
  'opaque_access_token_find',
  { id: 'uuid', environment_id: 'text' },
  `
  SELECT client_id, secret_hash, claims
  FROM opaque_access_token
  WHERE id = asked.id AND environment_id = asked.environment_id AND revoked_at IS NULL AND expires_at > now()`,
);

// The secret is part of the question: who knows the id alone ends nothing.
const REVOKE = statement(
  'opaque_access_token_revoke',
  `
  UPDATE opaque_access_token
  SET revoked_at = now()
  WHERE id = $1 AND environment_id = $2 AND secret_hash = $3 AND revoked_at IS NULL`,
);

interface TokenRow {
  readonly client_id: string;
  readonly secret_hash: Uint8Array;
  readonly claims: Record<string, unknown>;
}

@Injectable()
export class PostgresOpaqueAccessTokens extends OpaqueAccessTokens {
  constructor(private readonly database: Database) {
    super();
  }

  async issue({ environmentId, clientId, claims }: OpaqueAccessToken, lifetime: number): Promise<string> {
    const { id, handle, secretHash } = newHandle(HandlePrefix.AccessToken);
    await this.database.call(ISSUE, [id, environmentId, clientId, secretHash, JSON.stringify(claims), lifetime]);
    return handle;
  }

  async find(environmentId: string, token: string): Promise<OpaqueAccessToken | undefined> {
    const handle = parseHandle(HandlePrefix.AccessToken, token);
    if (!handle) return undefined;
    const row = await this.database.call<TokenRow>(FIND, [handle.id, environmentId]);
    if (!row || !secretMatches(handle.secret, row.secret_hash)) return undefined;
    return { environmentId, clientId: row.client_id, claims: row.claims };
  }

  async revoke(environmentId: string, token: string): Promise<void> {
    const handle = parseHandle(HandlePrefix.AccessToken, token);
    if (handle) await this.database.execute(REVOKE, [handle.id, environmentId, hashSecret(handle.secret)]);
  }
}
