import {
  HandlePrefix,
  type NewPushedRequest,
  newHandle,
  type PushedRequest,
  PushedRequests,
  parseHandle,
  REQUEST_URI_PREFIX,
  secretMatches,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredLookup, gatheredWrite } from '../database/gathered-statement.js';

const PUSH = gatheredWrite(
  'pushed_request_push',
  { id: 'uuid', environment_id: 'text', client_id: 'text', secret_hash: 'bytea', params: 'jsonb', lifetime: 'float8' },
  `
  INSERT INTO pushed_request (id, environment_id, client_id, secret_hash, params, expires_at)
  SELECT id, environment_id, client_id, secret_hash, params, now() + make_interval(secs => lifetime)
  FROM asked`,
);

const FIND = gatheredLookup(
  'pushed_request_find',
  { id: 'uuid', environment_id: 'text' },
  `
  SELECT client_id, secret_hash, params
  FROM pushed_request
  WHERE id = asked.id AND environment_id = asked.environment_id AND expires_at > now() AND spent_at IS NULL`,
);

interface PushedRequestRow {
  readonly client_id: string;
  readonly secret_hash: Uint8Array;
  readonly params: PushedRequest['params'];
}

@Injectable()
export class PostgresPushedRequests extends PushedRequests {
  constructor(private readonly database: Database) {
    super();
  }

  async push({ environmentId, clientId, params, lifetime }: NewPushedRequest): Promise<string> {
    const { id, handle, secretHash } = newHandle(HandlePrefix.PushedRequest);
    await this.database.call(PUSH, [id, environmentId, clientId, secretHash, JSON.stringify(params), lifetime]);
    return `${REQUEST_URI_PREFIX}${handle}`;
  }

  async find(environmentId: string, requestUri: string): Promise<PushedRequest | undefined> {
    if (!requestUri.startsWith(REQUEST_URI_PREFIX)) return undefined;
    const handle = parseHandle(HandlePrefix.PushedRequest, requestUri.slice(REQUEST_URI_PREFIX.length));
    if (!handle) return undefined;
    const row = await this.database.call<PushedRequestRow>(FIND, [handle.id, environmentId]);
    if (!row || !secretMatches(handle.secret, row.secret_hash)) return undefined;
    return { id: handle.id, environmentId, clientId: row.client_id, params: row.params };
  }
}
