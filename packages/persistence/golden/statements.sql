-- authorization_find_family
SELECT client_id,
       subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
       offline, created_at, revoked_at IS NOT NULL AS revoked, generation, salt,
       (extract(epoch FROM now() - rotated_at) * 1000)::float8 AS since_rotation,
       idle_expires_at <= now() OR absolute_expires_at <= now() AS expired,
       (record.offline OR record.session_id IS NULL OR EXISTS (
         SELECT FROM session WHERE session.id = record.session_id AND session.ended_at IS NULL)) AS session_live
FROM authorization_record record
WHERE id = $1 AND environment_id = $2 AND generation IS NOT NULL;

-- authorization_find_successor
SELECT generation
FROM authorization_record
WHERE id = $1 AND generation = $2::int + 1 AND now() < rotated_at + make_interval(secs => $3)
  AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now();

-- authorization_is_live
SELECT revoked_at IS NULL AND (record.offline OR record.session_id IS NULL OR EXISTS (
         SELECT FROM session WHERE session.id = record.session_id AND session.ended_at IS NULL)) AS live
FROM authorization_record record
WHERE id = $1 AND environment_id = $2;

-- authorization_redeem_code
WITH spent AS (
  UPDATE authorization_code
  SET spent_at = now(), authorization_id = $2
  WHERE id = $1 AND environment_id = $3 AND client_id = $4
    AND spent_at IS NULL AND expires_at > now() AND failures < 5
  RETURNING 1
)
INSERT INTO authorization_record
  (id, environment_id, client_id,
   subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
   offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)
SELECT $2::uuid, $3, $4, $5, $6, $7::text[], $8::text[], $9::timestamptz, $10, $11::text[], $12::uuid,
       $13::boolean, $14::int, $15::bytea, CASE WHEN $14::int IS NOT NULL THEN now() END,
       now() + make_interval(secs => LEAST($16::float8, $17::float8)),
       now() + make_interval(secs => $17::float8)
FROM spent
RETURNING id;

-- authorization_revoke
UPDATE authorization_record
SET revoked_at = now()
WHERE id = $1 AND environment_id = $2 AND revoked_at IS NULL;

-- authorization_rotate
UPDATE authorization_record
SET generation = generation + 1,
    rotated_at = now(),
    idle_expires_at = LEAST(now() + make_interval(secs => $3), absolute_expires_at)
WHERE id = $1 AND generation = $2
  AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()
RETURNING generation;

-- client_find
SELECT environment_id AS "environmentId", id, name, enabled, auth_method AS "authMethod",
       secret_hashes AS "secretHashes", grant_types AS "grantTypes", response_types AS "responseTypes",
       redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
       default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
       access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy
FROM client
WHERE environment_id = $1 AND id = $2;

-- client_origins
SELECT DISTINCT unnest(allowed_origins) AS origin
FROM client
WHERE environment_id = $1 AND enabled;

-- code_count_failure
UPDATE authorization_code
SET failures = failures + 1
WHERE id = $1 AND spent_at IS NULL;

-- code_find
SELECT client_id, secret_hash,
       subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
       redirect_uri, nonce, code_challenge, code_challenge_method, authorization_id,
       CASE WHEN spent_at IS NOT NULL THEN 'spent'
            WHEN failures >= 5 THEN 'guessed'
            WHEN expires_at <= now() THEN 'expired'
            ELSE 'live' END AS state,
       (extract(epoch FROM now() - spent_at) * 1000)::float8 AS spent_ago
FROM authorization_code
WHERE id = $1 AND environment_id = $2;

-- code_issue
INSERT INTO authorization_code
  (id, environment_id, client_id, secret_hash,
   subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
   redirect_uri, nonce, code_challenge, code_challenge_method, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
        now() + make_interval(secs => $17));

-- code_issue_for_flow
WITH finished AS (
  UPDATE flow
  SET resumed_at = now()
  WHERE id = $18 AND environment_id = $2 AND status = 'COMPLETED' AND expires_at > now() AND resumed_at IS NULL
  RETURNING 1
)
INSERT INTO authorization_code
  (id, environment_id, client_id, secret_hash,
   subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
   redirect_uri, nonce, code_challenge, code_challenge_method, expires_at)
SELECT $1::uuid, $2, $3, $4::bytea, $5, $6, $7::text[], $8::text[], $9::timestamptz, $10, $11::text[], $12::uuid,
       $13, $14, $15, $16, now() + make_interval(secs => $17)
FROM finished;

-- config_clients
SELECT id, name, enabled, auth_method AS "authMethod", secret_hashes AS "secretHashes", grant_types AS "grantTypes",
       response_types AS "responseTypes", redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
       default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
       access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy, origin
FROM client
WHERE environment_id = $1;

-- config_environment
SELECT id, name, enabled, grant_types AS "grantTypes", pkce, signing, lifetimes,
       password_change_ends_refresh AS "passwordChangeEndsRefresh"
FROM environment
WHERE id = $1;

-- config_resources
SELECT name, audience, scopes, access_token_lifetime AS "accessTokenLifetime", origin
FROM resource
WHERE environment_id = $1;

-- config_users
SELECT id, username, username_key AS "usernameKey", status, claims, password_hash AS "passwordHash"
FROM directory_user
WHERE environment_id = $1 AND (id = ANY ($2::text[]) OR username_key = ANY ($3::text[]));

-- consent_find
SELECT scope
FROM consent
WHERE environment_id = $1 AND user_id = $2 AND client_id = $3;

-- consent_remember
INSERT INTO consent (environment_id, user_id, client_id, scope)
VALUES ($1, $2, $3, $4)
ON CONFLICT (environment_id, user_id, client_id) DO UPDATE
SET scope = ARRAY(SELECT DISTINCT token FROM unnest(consent.scope || excluded.scope) AS token ORDER BY token),
    granted_at = now();

-- consent_withdraw
WITH forgotten AS (
  DELETE FROM consent
  WHERE environment_id = $1 AND user_id = $2 AND client_id = $3
), unredeemed AS (
  UPDATE authorization_code
  SET expires_at = now()
  WHERE id >= grantway_uuid_floor(now() - interval '15 minutes')
    AND environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND spent_at IS NULL
)
UPDATE authorization_record
SET revoked_at = now()
WHERE environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND revoked_at IS NULL;

-- environment_find
SELECT id, name, enabled, grant_types AS "grantTypes", pkce, signing, lifetimes,
       password_change_ends_refresh AS "passwordChangeEndsRefresh"
FROM environment
WHERE id = $1;

-- flow_advance
UPDATE flow
SET status = $4,
    session_id = COALESCE($5, session_id),
    user_id = COALESCE($6, user_id),
    signed_on_at = CASE WHEN $7::boolean THEN now() ELSE signed_on_at END,
    expires_at = now() + make_interval(secs => $8)
WHERE id = $1 AND environment_id = $2 AND status = $3 AND expires_at > now() AND resumed_at IS NULL;

-- flow_begin
INSERT INTO flow (id, environment_id, status, request, browser_hash, session_id, user_id, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8));

-- flow_find
SELECT status, request, browser_hash, session_id, user_id, signed_on_at, resumed_at IS NOT NULL AS resumed
FROM flow
WHERE id = $1 AND environment_id = $2 AND expires_at > now();

-- flow_resume
UPDATE flow
SET resumed_at = now()
WHERE id = $1 AND environment_id = $2 AND status IN ('COMPLETED', 'FAILED')
  AND expires_at > now() AND resumed_at IS NULL
RETURNING status, request, browser_hash, session_id, user_id, signed_on_at, resumed_at IS NOT NULL AS resumed;

-- health_ping
SELECT to_regclass('flow_p' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')) IS NOT NULL AS ready;

-- partitions_drop
SELECT grantway_drop_partitions(make_interval(days => $1::int)) AS dropped;

-- partitions_ensure
SELECT grantway_ensure_partitions($1::int) AS made;

-- resource_list
SELECT environment_id AS "environmentId", name, audience, scopes, access_token_lifetime AS "accessTokenLifetime"
FROM resource
WHERE environment_id = $1
ORDER BY name;

-- session_create
INSERT INTO session (id, environment_id, secret_hash, user_id, acr, amr, idle_expires_at, absolute_expires_at)
VALUES ($1, $2, $3, $4, $5, $6,
        now() + make_interval(secs => LEAST($7::float8, $8::float8)), now() + make_interval(secs => $8::float8))
RETURNING auth_time;

-- session_end
UPDATE session
SET ended_at = now()
WHERE id = $1 AND environment_id = $2 AND ended_at IS NULL;

-- session_find
SELECT user_id, secret_hash, auth_time, acr, amr,
       idle_expires_at < LEAST(now() + make_interval(secs => $3 - LEAST(60, $3 / 10)), absolute_expires_at) AS slide
FROM session
WHERE id = $1 AND environment_id = $2
  AND ended_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now();

-- session_renew
UPDATE session
SET secret_hash = $3, auth_time = now(), acr = $5, amr = $6,
    idle_expires_at = now() + make_interval(secs => LEAST($7::float8, $8::float8)),
    absolute_expires_at = now() + make_interval(secs => $8::float8)
WHERE id = $1 AND environment_id = $2 AND user_id = $4
  AND ended_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()
RETURNING auth_time;

-- session_slide
UPDATE session
SET idle_expires_at = LEAST(now() + make_interval(secs => $2), absolute_expires_at)
WHERE id = $1 AND ended_at IS NULL;

-- signing_key_add
INSERT INTO signing_key
  (environment_id, kid, algorithm, state, public_jwk, private_key, activated_at, retiring_at, retired_at)
VALUES ($1, $2, $3, $4::text, $5, $6,
        CASE $4::text WHEN 'active' THEN now() END,
        CASE $4::text WHEN 'retiring' THEN now() END,
        CASE $4::text WHEN 'retired' THEN now() END);

-- signing_key_advance
UPDATE signing_key
SET state = $4::text,
    activated_at = CASE $4::text WHEN 'active' THEN now() ELSE activated_at END,
    retiring_at = CASE $4::text WHEN 'retiring' THEN now() ELSE retiring_at END,
    retired_at = CASE $4::text WHEN 'retired' THEN now() ELSE retired_at END
WHERE environment_id = $1 AND kid = $2 AND state = $3;

-- signing_key_list
SELECT environment_id AS "environmentId", kid, algorithm, state, public_jwk AS "publicJwk",
       private_key AS "encryptedPrivateKey"
FROM signing_key
WHERE environment_id = $1
ORDER BY created_at, kid;

-- user_find
SELECT id, username, status, claims, password_changed_at
FROM directory_user
WHERE environment_id = $1 AND id = $2;

-- user_find_by_name
SELECT id, username, status, claims, password_changed_at, password_hash
FROM directory_user
WHERE environment_id = $1 AND username_key = $2;
