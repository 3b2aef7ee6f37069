import type { Pool } from 'pg';
import { ALL_SCOPES, CLIENTS } from './entities.js';

const TABLES = `
CREATE TABLE IF NOT EXISTS oauth_client (
  id text PRIMARY KEY,
  name text NOT NULL,
  secret text,
  redirect_uris text[] NOT NULL,
  allowed_grants text[] NOT NULL,
  scopes text[] NOT NULL
);
CREATE TABLE IF NOT EXISTS oauth_scope (name text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS oauth_auth_code (
  code text PRIMARY KEY,
  client_id text NOT NULL,
  user_id text,
  scopes text[] NOT NULL,
  redirect_uri text,
  code_challenge text,
  code_challenge_method text,
  expires_at timestamptz NOT NULL,
  revoked boolean NOT NULL DEFAULT false
);
CREATE TABLE IF NOT EXISTS oauth_token (
  access_token text PRIMARY KEY,
  access_token_expires_at timestamptz NOT NULL,
  refresh_token text,
  refresh_token_expires_at timestamptz,
  client_id text NOT NULL,
  user_id text,
  scopes text[] NOT NULL,
  originating_auth_code text,
  revoked boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX IF NOT EXISTS oauth_token_refresh_token ON oauth_token (refresh_token)
  WHERE refresh_token IS NOT NULL;
CREATE INDEX IF NOT EXISTS oauth_token_originating_auth_code ON oauth_token (originating_auth_code)
  WHERE originating_auth_code IS NOT NULL;
`;

/** Creates the tables where there are none, with everybody in them. */
export async function prepareTables(pool: Pool): Promise<void> {
  await pool.query(TABLES);
  await pool.query('INSERT INTO oauth_scope SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [ALL_SCOPES]);
  for (const { id, name, secret, redirectUris, allowedGrants, scopes } of CLIENTS) {
    await pool.query('INSERT INTO oauth_client VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING', [
      ...[id, name, secret, redirectUris, allowedGrants],
      scopes.map((scope) => scope.name),
    ]);
  }
}
