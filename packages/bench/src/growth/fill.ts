import { Client } from 'pg';
import { ENVIRONMENT } from '../contenders/grantway/environment.js';
import { MOST_CONNECTIONS } from '../installation.js';

/**
 * Live authorizations with a token family each, and the sessions they were given in, as a year of sign-ins leaves them: their ids
 * are spread over that year.
 */
const SESSIONS = `
  INSERT INTO session (id, environment_id, secret_hash, user_id, auth_time, acr, amr, idle_expires_at, absolute_expires_at)
  SELECT pg_temp.id_of(n, $1), '${ENVIRONMENT}', decode(md5(n::text) || md5('s' || n), 'hex'),
         'person-id-' || n % ${MOST_CONNECTIONS}, now(), 'urn:password', '{pwd}', now() + interval '1 day', now() + interval '1 day'
  FROM generate_series(1, $1::int) AS n`;

const AUTHORIZATIONS = `
  INSERT INTO authorization_record (id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr,
         session_id, offline, created_at, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)
  SELECT pg_temp.id_of(n, $1), '${ENVIRONMENT}', 'web-' || n % ${MOST_CONNECTIONS}, 'user', 'person-id-' || n % ${MOST_CONNECTIONS},
         '{openid,offline_access,orders:read}', '{}', now(), 'urn:password', '{pwd}', pg_temp.id_of(n, $1), true,
         now(), 3, decode(md5(n::text), 'hex'), now(), now() + interval '30 days', now() + interval '180 days'
  FROM generate_series(1, $1::int) AS n`;

/** A UUIDv7 (RFC 9562 §5.7) of the past year, the n-th of so many. */
const ID_OF = `
  CREATE FUNCTION pg_temp.id_of(n int, many int) RETURNS uuid LANGUAGE sql AS $$
    SELECT (lpad(to_hex(((extract(epoch FROM now()) - 31536000.0 * (many - n) / many) * 1000)::bigint), 12, '0')
            || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5('r' || n), 1, 15))::uuid
  $$`;

/** @param many live authorizations that there are to be beside those of the load */
export async function fill(databaseUrl: string, many: number): Promise<void> {
  if (many === 0) return;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(ID_OF);
    await client.query(SESSIONS, [many]);
    await client.query(AUTHORIZATIONS, [many]);
    await client.query('VACUUM ANALYZE session, authorization_record');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}
