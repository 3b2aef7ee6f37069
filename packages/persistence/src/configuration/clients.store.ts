import { type Client, Clients } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { given, isKey } from '../database/values.js';
import { ConfigCache } from './config-cache.js';

type ClientRow = Omit<Client, 'accessTokenLifetime'> & { readonly accessTokenLifetime: number | null };

const FIND = statement(
  'client_find',
  `
  SELECT environment_id AS "environmentId", id, name, enabled, auth_method AS "authMethod",
         secret_hashes AS "secretHashes", grant_types AS "grantTypes", response_types AS "responseTypes",
         redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
         default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
         access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy
  FROM client
  WHERE environment_id = $1 AND id = $2`,
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

  async someAllowsOrigin(environmentId: string, origin: string): Promise<boolean> {
    if (!isKey(environmentId)) return false;
    const origins = await this.cache.get(environmentId, 'origins', async () => {
      const rows = await this.database.query<{ origin: string }>(ORIGINS, [environmentId]);
      return new Set(rows.map((row) => row.origin));
    });
    return origins.has(origin);
  }
}

function toClient({ accessTokenLifetime, ...row }: ClientRow): Client {
  return { ...row, ...given('accessTokenLifetime', accessTokenLifetime) };
}
