import { type Client, Clients } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { given, isKey } from '../database/values.js';
import { ConfigCache } from './config-cache.js';

type Optional = 'accessTokenLifetime' | 'keys' | 'sealedSecret';
type ClientRow = Omit<Client, Optional> & { readonly [K in Optional]: Client[K] | null };

const COLUMNS = `
         environment_id AS "environmentId", id, name, enabled, auth_method AS "authMethod",
         secret_hashes AS "secretHashes", grant_types AS "grantTypes", response_types AS "responseTypes",
         redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
         default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
         access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy,
         post_logout_redirect_uris AS "postLogoutRedirectUris", keys, sealed_secret AS "sealedSecret", par,
         request_objects AS "requestObjects", device, backchannel, exchange`;

const FIND = statement(
  'client_find',
  `
  SELECT ${COLUMNS.trim()}
  FROM client
  WHERE environment_id = $1 AND id = $2`,
);

/** `device ? 'pathId'` follows from the equality; said once more, it lets PostgreSQL use the partial index. */
const FIND_BY_DEVICE_PATH = statement(
  'client_find_by_device_path',
  `
  SELECT ${COLUMNS.trim()}
  FROM client
  WHERE environment_id = $1 AND device ->> 'pathId' = $2 AND device ? 'pathId'`,
);

const ORIGINS = statement(
  'client_origins',
  `
  SELECT DISTINCT unnest(allowed_origins) AS origin
  FROM client
  WHERE environment_id = $1 AND enabled`,
);

@Injectable()
export class CachedClients extends Clients {
  constructor(
    private readonly database: Database,
    private readonly cache: ConfigCache,
  ) {
    super();
  }

  async find(environmentId: string, id: string): Promise<Client | undefined> {
    if (!isKey(environmentId) || !isKey(id)) return undefined;
    return this.cache.get(environmentId, `client ${id}`, async () => {
      const [row] = await this.database.query<ClientRow>(FIND, [environmentId, id]);
      return row && toClient(row);
    });
  }

  async findByDevicePath(environmentId: string, pathId: string): Promise<Client | undefined> {
    if (!isKey(environmentId) || !isKey(pathId)) return undefined;
    return this.cache.get(environmentId, `device path ${pathId}`, async () => {
      const [row] = await this.database.query<ClientRow>(FIND_BY_DEVICE_PATH, [environmentId, pathId]);
      return row && toClient(row);
    });
  }

  async someAllowsOrigin(environmentId: string, origin: string): Promise<boolean> {
    if (!isKey(environmentId)) return false;
    const origins = await this.cache.get(environmentId, 'origins', async () => {
      const rows = await this.database.query<{ origin: string }>(ORIGINS, [environmentId]);
      return new Set(rows.map((row) => row.origin));
    });
    return origins.has(origin);
  }
}

function toClient({ accessTokenLifetime, keys, sealedSecret, ...row }: ClientRow): Client {
  return {
    ...row,
    ...given('accessTokenLifetime', accessTokenLifetime),
    ...given('keys', keys),
    ...given('sealedSecret', sealedSecret),
  };
}
