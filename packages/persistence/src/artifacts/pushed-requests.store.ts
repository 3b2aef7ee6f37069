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
import { statement } from '../database/statement.js';

const PUSH = statement(
  'pushed_request_push',
  `
  INSERT INTO pushed_request (id, environment_id, client_id, secret_hash, params, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
);

const FIND = statement(
  'pushed_request_find',
  `
  SELECT client_id, secret_hash, params
  FROM pushed_request
  WHERE id = $1 AND environment_id = $2 AND expires_at > now() AND spent_at IS NULL`,
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
    await this.database.execute(PUSH, [id, environmentId, clientId, secretHash, params, lifetime]);
    return `${REQUEST_URI_PREFIX}${handle}`;
  }

  async find(environmentId: string, requestUri: string): Promise<PushedRequest | undefined> {
    if (!requestUri.startsWith(REQUEST_URI_PREFIX)) return undefined;
    const handle = parseHandle(HandlePrefix.PushedRequest, requestUri.slice(REQUEST_URI_PREFIX.length));
    if (!handle) return undefined;
    const [row] = await this.database.query<PushedRequestRow>(FIND, [handle.id, environmentId]);
    if (!row || !secretMatches(handle.secret, row.secret_hash)) return undefined;
    return { id: handle.id, environmentId, clientId: row.client_id, params: row.params };
  }
}
