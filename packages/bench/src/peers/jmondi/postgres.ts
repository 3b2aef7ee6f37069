import type { OAuthClient, OAuthScope } from '@jmondi/oauth2-server';
import type { Pool } from 'pg';
import {
  finalized,
  firstUse,
  found,
  isValid,
  newCode,
  newToken,
  type Store,
  type StoredCode,
  type StoredToken,
} from './entities.js';
import { prepareTables } from './tables.js';

const CLIENT_COLUMNS = 'id, name, secret, redirect_uris, allowed_grants, oauth_client.scopes AS client_scopes';

const STATEMENTS = {
  client: `SELECT ${CLIENT_COLUMNS} FROM oauth_client WHERE id = $1`,
  scopes: 'SELECT name FROM oauth_scope WHERE name = ANY ($1)',
  code: `SELECT oauth_auth_code.*, ${CLIENT_COLUMNS} FROM oauth_auth_code JOIN oauth_client ON id = client_id
    WHERE code = $1`,
  newCode: 'INSERT INTO oauth_auth_code VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
  isCodeRevoked: 'SELECT revoked FROM oauth_auth_code WHERE code = $1',
  revokeCode: 'UPDATE oauth_auth_code SET revoked = true WHERE code = $1 AND NOT revoked',
  newToken: 'INSERT INTO oauth_token VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
  tokenByAccess: `SELECT oauth_token.*, ${CLIENT_COLUMNS} FROM oauth_token JOIN oauth_client ON id = client_id
    WHERE access_token = $1 AND NOT revoked`,
  tokenByRefresh: `SELECT oauth_token.*, ${CLIENT_COLUMNS} FROM oauth_token JOIN oauth_client ON id = client_id
    WHERE refresh_token = $1`,
  revokeToken: 'UPDATE oauth_token SET revoked = true WHERE access_token = $1 AND NOT revoked',
  revokeDescendants: 'UPDATE oauth_token SET revoked = true WHERE originating_auth_code = $1',
};

// biome-ignore lint/suspicious/noExplicitAny: as the columns are
type Row = any;

/** Clients, scopes, codes and tokens in PostgreSQL. */
export async function postgresStore(pool: Pool): Promise<Store> {
  await prepareTables(pool);
  const run = (name: keyof typeof STATEMENTS, ...values: unknown[]) =>
    pool.query<Row>({ name, text: STATEMENTS[name], values });
  const row = async (name: keyof typeof STATEMENTS, key: string, parameter: string): Promise<Row> =>
    found((await run(name, key)).rows[0], parameter);
  const revokeDescendantsOf = async (code: string) => void (await run('revokeDescendants', code));

  return {
    clients: {
      getByIdentifier: async (id) => clientOf(await row('client', id, 'client_id')),
      isClientValid: async (grant, client, secret) => isValid(grant, client, secret),
    },
    scopes: {
      getAllByIdentifiers: async (names) => (await run('scopes', names)).rows,
      finalize: async (asked, _grant, client) => finalized(asked, client),
    },
    codes: {
      getByIdentifier: async (code) => codeOf(await row('code', code, 'code')),
      issueAuthCode: newCode,
      async persist({ code, client, user, scopes, redirectUri, codeChallenge, codeChallengeMethod, expiresAt }) {
        const challenge = [codeChallenge, codeChallengeMethod];
        await run('newCode', code, client.id, user?.id, namesOf(scopes), redirectUri, ...challenge, expiresAt);
      },
      isRevoked: async (code) => (await row('isCodeRevoked', code, 'code')).revoked,
      revoke: async (code) => firstUse((await run('revokeCode', code)).rowCount === 1),
    },
    tokens: {
      issueToken: async (client, scopes, user) => newToken(client, scopes, user),
      issueRefreshToken: async (token) => token,
      async persist({ client, user, scopes, originatingAuthCodeId, ...token }) {
        await run(
          'newToken',
          ...[token.accessToken, token.accessTokenExpiresAt, token.refreshToken, token.refreshTokenExpiresAt],
          ...[client.id, user?.id, namesOf(scopes), originatingAuthCodeId],
        );
      },
      revoke: async ({ accessToken }) => firstUse((await run('revokeToken', accessToken)).rowCount === 1),
      revokeDescendantsOf,
      async isRefreshTokenRevoked(token) {
        const { revoked, originatingAuthCodeId } = token as StoredToken;
        if (revoked && originatingAuthCodeId) await revokeDescendantsOf(originatingAuthCodeId);
        return revoked;
      },
      getByRefreshToken: async (token) => tokenOf(await row('tokenByRefresh', token, 'refresh_token')),
      getByAccessToken: async (token) => tokenOf(await row('tokenByAccess', token, 'token')),
    },
  };
}

function clientOf(row: Row): OAuthClient {
  return {
    ...{ id: row.id, name: row.name, secret: row.secret, redirectUris: row.redirect_uris },
    ...{ allowedGrants: row.allowed_grants, scopes: scopesOf(row.client_scopes) },
  };
}

function codeOf(row: Row): StoredCode {
  return {
    ...{ code: row.code, redirectUri: row.redirect_uri, expiresAt: row.expires_at, revoked: row.revoked },
    ...{ codeChallenge: row.code_challenge, codeChallengeMethod: row.code_challenge_method },
    ...{ client: clientOf(row), user: userOf(row), scopes: scopesOf(row.scopes) },
  };
}

function tokenOf(row: Row): StoredToken {
  return {
    ...{ accessToken: row.access_token, accessTokenExpiresAt: row.access_token_expires_at, revoked: row.revoked },
    ...{ refreshToken: row.refresh_token, refreshTokenExpiresAt: row.refresh_token_expires_at },
    ...{ client: clientOf(row), user: userOf(row), scopes: scopesOf(row.scopes) },
    ...(row.originating_auth_code && { originatingAuthCodeId: row.originating_auth_code }),
  };
}

function userOf(row: Row): { id: string } | null {
  return row.user_id === null ? null : { id: row.user_id };
}

function scopesOf(names: readonly string[]): OAuthScope[] {
  return names.map((name) => ({ name }));
}

function namesOf(scopes: readonly OAuthScope[]): string[] {
  return scopes.map(({ name }) => name);
}
