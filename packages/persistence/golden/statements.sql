-- answer
WITH asked AS (
  SELECT key, environment_id, client_id, code_id, secret_hash, subject_kind, subject_id, scope::text[], resources::text[], auth_time, acr, amr::text[], session_id, redirect_uri, nonce, code_challenge, code_challenge_method, lifetime, authorization_id, authorization_scope::text[], flow_id, pushed_request_id, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::text[], $12::text[], $13::uuid[], $14::text[], $15::text[], $16::text[], $17::text[], $18::float8[], $19::uuid[], $20::text[], $21::uuid[], $22::uuid[])
       WITH ORDINALITY AS call(key, environment_id, client_id, code_id, secret_hash, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id, redirect_uri, nonce, code_challenge, code_challenge_method, lifetime, authorization_id, authorization_scope, flow_id, pushed_request_id, n)
  ORDER BY key
), completed AS (
  SELECT asked.*
  FROM (SELECT * FROM asked WHERE flow_id IS NOT NULL ORDER BY flow_id) AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM flow
    WHERE id = asked.flow_id AND environment_id = asked.environment_id AND status = 'COMPLETED'
      AND expires_at > now() AND resumed_at IS NULL
    FOR UPDATE
  ) AS locked
), finished AS (
  UPDATE flow
  SET resumed_at = now()
  FROM completed
  WHERE flow.id = flow_id AND flow.id = ANY ($21::uuid[])
  RETURNING n
), concluded AS (
  SELECT *
  FROM asked
  WHERE flow_id IS NULL OR n IN (SELECT n FROM finished)
), unused AS (
  SELECT asked.*
  FROM (SELECT * FROM concluded WHERE pushed_request_id IS NOT NULL ORDER BY pushed_request_id) AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM pushed_request
    WHERE id = asked.pushed_request_id AND environment_id = asked.environment_id AND client_id = asked.client_id
      AND spent_at IS NULL
    FOR UPDATE
  ) AS locked
), used AS (
  UPDATE pushed_request
  SET spent_at = now()
  FROM unused
  WHERE pushed_request.id = pushed_request_id AND pushed_request.id = ANY ($22::uuid[])
  RETURNING n
), granted AS (
  SELECT *
  FROM concluded
  WHERE pushed_request_id IS NULL OR n IN (SELECT n FROM used)
), code AS (
  INSERT INTO authorization_code
    (id, environment_id, client_id, secret_hash,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     redirect_uri, nonce, code_challenge, code_challenge_method, expires_at)
  SELECT code_id, environment_id, client_id, secret_hash,
         subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
         redirect_uri, nonce, code_challenge, code_challenge_method, now() + make_interval(secs => lifetime)
  FROM granted
  WHERE code_id IS NOT NULL
), record AS (
  INSERT INTO authorization_record
    (id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline)
  SELECT authorization_id, environment_id, client_id,
         subject_kind, subject_id, authorization_scope, resources, auth_time, acr, amr, session_id,
         false
  FROM granted
  WHERE authorization_id IS NOT NULL
)
SELECT n
FROM granted;

-- answer_code
WITH asked AS (
  SELECT key, environment_id, client_id, code_id, secret_hash, subject_kind, subject_id, scope::text[], resources::text[], auth_time, acr, amr::text[], session_id, redirect_uri, nonce, code_challenge, code_challenge_method, lifetime, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::text[], $12::text[], $13::uuid[], $14::text[], $15::text[], $16::text[], $17::text[], $18::float8[])
       WITH ORDINALITY AS call(key, environment_id, client_id, code_id, secret_hash, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id, redirect_uri, nonce, code_challenge, code_challenge_method, lifetime, n)
  ORDER BY key
)
INSERT INTO authorization_code
    (id, environment_id, client_id, secret_hash,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     redirect_uri, nonce, code_challenge, code_challenge_method, expires_at)
  SELECT code_id, environment_id, client_id, secret_hash,
         subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
         redirect_uri, nonce, code_challenge, code_challenge_method, now() + make_interval(secs => lifetime)
  FROM asked;

-- attempt_count_1
WITH waiting AS (
  SELECT key, expire
  FROM attempt_counter
  WHERE key = $1 AND points >= $2 AND expire > (extract(epoch FROM now()) * 1000)::bigint
), counted1 AS (
  INSERT INTO attempt_counter AS counter (key, points, expire)
  SELECT $1::text, 1, (extract(epoch FROM now()) * 1000)::bigint + 1000 * CASE WHEN $2::int > 1 THEN $3::int ELSE $4::int END
  WHERE NOT EXISTS (SELECT FROM waiting)
  ON CONFLICT (key) DO UPDATE
  SET points = CASE WHEN counter.expire > (extract(epoch FROM now()) * 1000)::bigint THEN counter.points + 1 ELSE 1 END,
      expire = CASE WHEN counter.expire <= (extract(epoch FROM now()) * 1000)::bigint THEN excluded.expire
                    WHEN counter.points + 1 = $2 THEN (extract(epoch FROM now()) * 1000)::bigint + 1000 * $4
                    ELSE counter.expire END
  RETURNING key, points, expire
)
SELECT key, (expire - (extract(epoch FROM now()) * 1000)::bigint)::float8 AS milliseconds
FROM (
  SELECT key, expire FROM waiting
  UNION ALL SELECT key, expire FROM counted1 WHERE points >= $2
) AS blocked;

-- attempt_count_2
WITH waiting AS (
  SELECT key, expire
  FROM attempt_counter
  WHERE key = $1 AND points >= $2 AND expire > (extract(epoch FROM now()) * 1000)::bigint
  UNION ALL
  SELECT key, expire
  FROM attempt_counter
  WHERE key = $5 AND points >= $6 AND expire > (extract(epoch FROM now()) * 1000)::bigint
), counted1 AS (
  INSERT INTO attempt_counter AS counter (key, points, expire)
  SELECT $1::text, 1, (extract(epoch FROM now()) * 1000)::bigint + 1000 * CASE WHEN $2::int > 1 THEN $3::int ELSE $4::int END
  WHERE NOT EXISTS (SELECT FROM waiting)
  ON CONFLICT (key) DO UPDATE
  SET points = CASE WHEN counter.expire > (extract(epoch FROM now()) * 1000)::bigint THEN counter.points + 1 ELSE 1 END,
      expire = CASE WHEN counter.expire <= (extract(epoch FROM now()) * 1000)::bigint THEN excluded.expire
                    WHEN counter.points + 1 = $2 THEN (extract(epoch FROM now()) * 1000)::bigint + 1000 * $4
                    ELSE counter.expire END
  RETURNING key, points, expire
), counted2 AS (
  INSERT INTO attempt_counter AS counter (key, points, expire)
  SELECT $5::text, 1, (extract(epoch FROM now()) * 1000)::bigint + 1000 * CASE WHEN $6::int > 1 THEN $7::int ELSE $8::int END
  FROM counted1 WHERE points < $2
  ON CONFLICT (key) DO UPDATE
  SET points = CASE WHEN counter.expire > (extract(epoch FROM now()) * 1000)::bigint THEN counter.points + 1 ELSE 1 END,
      expire = CASE WHEN counter.expire <= (extract(epoch FROM now()) * 1000)::bigint THEN excluded.expire
                    WHEN counter.points + 1 = $6 THEN (extract(epoch FROM now()) * 1000)::bigint + 1000 * $8
                    ELSE counter.expire END
  RETURNING key, points, expire
)
SELECT key, (expire - (extract(epoch FROM now()) * 1000)::bigint)::float8 AS milliseconds
FROM (
  SELECT key, expire FROM waiting
  UNION ALL SELECT key, expire FROM counted1 WHERE points >= $2
  UNION ALL SELECT key, expire FROM counted2 WHERE points >= $6
) AS blocked;

-- attempt_count_3
WITH waiting AS (
  SELECT key, expire
  FROM attempt_counter
  WHERE key = $1 AND points >= $2 AND expire > (extract(epoch FROM now()) * 1000)::bigint
  UNION ALL
  SELECT key, expire
  FROM attempt_counter
  WHERE key = $5 AND points >= $6 AND expire > (extract(epoch FROM now()) * 1000)::bigint
  UNION ALL
  SELECT key, expire
  FROM attempt_counter
  WHERE key = $9 AND points >= $10 AND expire > (extract(epoch FROM now()) * 1000)::bigint
), counted1 AS (
  INSERT INTO attempt_counter AS counter (key, points, expire)
  SELECT $1::text, 1, (extract(epoch FROM now()) * 1000)::bigint + 1000 * CASE WHEN $2::int > 1 THEN $3::int ELSE $4::int END
  WHERE NOT EXISTS (SELECT FROM waiting)
  ON CONFLICT (key) DO UPDATE
  SET points = CASE WHEN counter.expire > (extract(epoch FROM now()) * 1000)::bigint THEN counter.points + 1 ELSE 1 END,
      expire = CASE WHEN counter.expire <= (extract(epoch FROM now()) * 1000)::bigint THEN excluded.expire
                    WHEN counter.points + 1 = $2 THEN (extract(epoch FROM now()) * 1000)::bigint + 1000 * $4
                    ELSE counter.expire END
  RETURNING key, points, expire
), counted2 AS (
  INSERT INTO attempt_counter AS counter (key, points, expire)
  SELECT $5::text, 1, (extract(epoch FROM now()) * 1000)::bigint + 1000 * CASE WHEN $6::int > 1 THEN $7::int ELSE $8::int END
  FROM counted1 WHERE points < $2
  ON CONFLICT (key) DO UPDATE
  SET points = CASE WHEN counter.expire > (extract(epoch FROM now()) * 1000)::bigint THEN counter.points + 1 ELSE 1 END,
      expire = CASE WHEN counter.expire <= (extract(epoch FROM now()) * 1000)::bigint THEN excluded.expire
                    WHEN counter.points + 1 = $6 THEN (extract(epoch FROM now()) * 1000)::bigint + 1000 * $8
                    ELSE counter.expire END
  RETURNING key, points, expire
), counted3 AS (
  INSERT INTO attempt_counter AS counter (key, points, expire)
  SELECT $9::text, 1, (extract(epoch FROM now()) * 1000)::bigint + 1000 * CASE WHEN $10::int > 1 THEN $11::int ELSE $12::int END
  FROM counted2 WHERE points < $6
  ON CONFLICT (key) DO UPDATE
  SET points = CASE WHEN counter.expire > (extract(epoch FROM now()) * 1000)::bigint THEN counter.points + 1 ELSE 1 END,
      expire = CASE WHEN counter.expire <= (extract(epoch FROM now()) * 1000)::bigint THEN excluded.expire
                    WHEN counter.points + 1 = $10 THEN (extract(epoch FROM now()) * 1000)::bigint + 1000 * $12
                    ELSE counter.expire END
  RETURNING key, points, expire
)
SELECT key, (expire - (extract(epoch FROM now()) * 1000)::bigint)::float8 AS milliseconds
FROM (
  SELECT key, expire FROM waiting
  UNION ALL SELECT key, expire FROM counted1 WHERE points >= $2
  UNION ALL SELECT key, expire FROM counted2 WHERE points >= $6
  UNION ALL SELECT key, expire FROM counted3 WHERE points >= $10
) AS blocked;

-- attempt_forgive
UPDATE attempt_counter
SET points = points - 1
WHERE key = $1 AND points > 0 AND points < $2 AND expire > (extract(epoch FROM now()) * 1000)::bigint;

-- attempt_succeed
DELETE FROM attempt_counter
WHERE key = $1;

-- attempt_succeed_and_forgive
WITH succeeded AS (
  DELETE FROM attempt_counter
  WHERE key = $1
  RETURNING 1
)
UPDATE attempt_counter
SET points = points - 1
WHERE key = $2 AND points > 0 AND points < $3 AND expire > (extract(epoch FROM now()) * 1000)::bigint
  AND (SELECT count(*) FROM succeeded) >= 0;

-- attempt_sweep
DELETE FROM attempt_counter
WHERE key = ANY (ARRAY(
  SELECT key
  FROM attempt_counter
  WHERE expire < (extract(epoch FROM now()) * 1000)::bigint
  LIMIT $1
  FOR UPDATE SKIP LOCKED
));

-- attempt_wait
SELECT key, (expire - (extract(epoch FROM now()) * 1000)::bigint)::float8 AS milliseconds
FROM attempt_counter
WHERE key = $1 AND points >= $2 AND expire > (extract(epoch FROM now()) * 1000)::bigint;

-- audit_follow
INSERT INTO audit_follower (name)
VALUES ($1)
ON CONFLICT DO NOTHING;

-- audit_handed_on
DELETE FROM audit_outbox
WHERE id = ANY ($1::uuid[]);

-- audit_read
SELECT id, environment_id, event, outcome, reason, client_id, sub, actor, ip, request_id, grant_type, scope, authorization_id, session_id, detail
FROM audit_event
WHERE environment_id = $1
  AND id >= grantway_uuid_floor($2::timestamptz)
  AND id < $3::uuid
  AND ($4::text IS NULL OR client_id = $4)
  AND ($5::text IS NULL OR event = $5)
  AND ($6::text IS NULL OR CASE $6 WHEN 'refused' THEN outcome <> 'ok' ELSE outcome = $6 END)
ORDER BY id DESC
LIMIT $7;

-- audit_read_of_user
SELECT id, environment_id, event, outcome, reason, client_id, sub, actor, ip, request_id, grant_type, scope, authorization_id, session_id, detail
FROM audit_event
WHERE environment_id = $1
  AND id >= grantway_uuid_floor($2::timestamptz)
  AND id < $3::uuid
  AND ($4::text IS NULL OR client_id = $4)
  AND ($5::text IS NULL OR event = $5)
  AND ($6::text IS NULL OR CASE $6 WHEN 'refused' THEN outcome <> 'ok' ELSE outcome = $6 END)
  AND sub = $8
ORDER BY id DESC
LIMIT $7;

-- audit_record
WITH written AS (
  INSERT INTO audit_event (id, environment_id, event, outcome, reason, client_id, sub, actor, ip, request_id, grant_type, scope, authorization_id, session_id, detail)
  SELECT id, environment_id, event, outcome, reason, client_id, sub, actor, ip, request_id, grant_type, scope, authorization_id, session_id, detail
  FROM json_to_recordset($1::json) AS given(
    id uuid, environment_id text, event text, outcome text, reason text, client_id text, sub text, actor text, ip text, request_id text, grant_type text, scope text, authorization_id uuid, session_id uuid, detail jsonb
  )
  ON CONFLICT DO NOTHING
  RETURNING id, environment_id
)
INSERT INTO audit_outbox (id, environment_id)
SELECT id, environment_id
FROM written
WHERE EXISTS (SELECT FROM audit_follower);

-- audit_take_turn
SELECT pg_try_advisory_xact_lock(hashtext('grantway_audit_stream')) AS mine,
       set_config('idle_in_transaction_session_timeout', $1::text, true);

-- audit_unfollow
WITH gone AS (
  DELETE FROM audit_follower
  WHERE name = $1
  RETURNING name
)
DELETE FROM audit_outbox
WHERE EXISTS (SELECT FROM gone);

-- audit_waiting
SELECT waiting.id AS waiting_id, kept.*
FROM (
  SELECT id, environment_id
  FROM audit_outbox
  ORDER BY id
  LIMIT $1
) AS waiting
LEFT JOIN LATERAL (
  SELECT id, environment_id, event, outcome, reason, client_id, sub, actor, ip, request_id, grant_type, scope, authorization_id, session_id, detail
  FROM audit_event
  WHERE environment_id = waiting.environment_id AND id = waiting.id
  OFFSET 0
) AS kept ON true
ORDER BY waiting.id;

-- authorization_find
WITH asked AS (
  SELECT id, environment_id, n::int
  FROM unnest($1::uuid[], $2::text[])
       WITH ORDINALITY AS call(id, environment_id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT client_id,
         subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
         offline, created_at, revoked_at IS NOT NULL AS revoked, derivation_depth
  FROM authorization_record
  WHERE id = asked.id AND environment_id = asked.environment_id
  OFFSET 0
) AS found;

-- authorization_find_family
WITH asked AS (
  SELECT id, environment_id, n::int
  FROM unnest($1::uuid[], $2::text[])
       WITH ORDINALITY AS call(id, environment_id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT client_id,
         subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
         offline, created_at, revoked_at IS NOT NULL AS revoked, generation, salt,
         (extract(epoch FROM now() - rotated_at) * 1000)::float8 AS since_rotation,
         idle_expires_at <= now() OR absolute_expires_at <= now() AS expired,
         (record.offline OR record.session_id IS NULL OR COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = record.session_id), false)) AS session_live
  FROM authorization_record record
  WHERE id = asked.id AND environment_id = asked.environment_id AND generation IS NOT NULL
  OFFSET 0
) AS found;

-- authorization_find_spent
SELECT authorization_id, (extract(epoch FROM now() - spent_at) * 1000)::float8 AS ago
FROM spent_artifact
WHERE id = ANY($1::uuid[]) AND environment_id = $2
LIMIT 1;

-- authorization_find_successor
WITH asked AS (
  SELECT id, generation, grace, n::int
  FROM unnest($1::uuid[], $2::int[], $3::float8[])
       WITH ORDINALITY AS call(id, generation, grace, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT generation
  FROM authorization_record record
  WHERE id = asked.id AND generation = asked.generation + 1 AND now() < rotated_at + make_interval(secs => asked.grace)
    AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now() AND (record.offline OR record.session_id IS NULL OR COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = record.session_id), false))
  OFFSET 0
) AS found;

-- authorization_is_live
WITH asked AS (
  SELECT id, environment_id, n::int
  FROM unnest($1::uuid[], $2::text[])
       WITH ORDINALITY AS call(id, environment_id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  WITH RECURSIVE record AS (
    SELECT derived_from, revoked_at, offline, session_id
    FROM authorization_record
    WHERE id = asked.id AND environment_id = asked.environment_id
    UNION ALL
    SELECT source.*
    FROM record
    CROSS JOIN LATERAL (
      SELECT derived_from, revoked_at, offline, session_id
      FROM authorization_record
      WHERE id = record.derived_from
      OFFSET 0
    ) AS source
  )
  SELECT bool_and(revoked_at IS NULL AND (derived_from IS NOT NULL OR (record.offline OR record.session_id IS NULL OR COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = record.session_id), false))))
         AND bool_or(derived_from IS NULL) AS live
  FROM record
  OFFSET 0
) AS found;

-- authorization_record
WITH asked AS (
  SELECT id, environment_id, client_id, subject_kind, subject_id, scope::text[], resources::text[], auth_time, acr, amr::text[], session_id, offline, generation, salt, idle, absolute, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[], $11::uuid[], $12::boolean[], $13::int[], $14::bytea[], $15::float8[], $16::float8[])
       WITH ORDINALITY AS call(id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id, offline, generation, salt, idle, absolute, n)
  ORDER BY id
)
INSERT INTO authorization_record (id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)
SELECT asked.id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, CASE WHEN generation IS NOT NULL THEN now() END,
     now() + make_interval(secs => LEAST(idle, absolute)),
     now() + make_interval(secs => absolute)
FROM asked;

-- authorization_record_derived
WITH asked AS (
  SELECT id, environment_id, client_id, subject_kind, subject_id, scope::text[], resources::text[], auth_time, acr, amr::text[], session_id, offline, generation, salt, idle, absolute, source, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[], $11::uuid[], $12::boolean[], $13::int[], $14::bytea[], $15::float8[], $16::float8[], $17::uuid[])
       WITH ORDINALITY AS call(id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id, offline, generation, salt, idle, absolute, source, n)
  ORDER BY id
)
INSERT INTO authorization_record (id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at, derived_from, derivation_depth)
SELECT asked.id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, CASE WHEN generation IS NOT NULL THEN now() END,
     now() + make_interval(secs => LEAST(idle, absolute)),
     now() + make_interval(secs => absolute), source,
       COALESCE((SELECT derivation_depth FROM authorization_record source WHERE source.id = asked.source), 0) + 1
FROM asked;

-- authorization_redeem_authorization_code
WITH asked AS (
  SELECT artifact_id, id, environment_id, client_id, subject_kind, subject_id, scope::text[], resources::text[], auth_time, acr, amr::text[], session_id, offline, generation, salt, idle, absolute, n::int
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::uuid[], $13::boolean[], $14::int[], $15::bytea[], $16::float8[], $17::float8[])
       WITH ORDINALITY AS call(artifact_id, id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id, offline, generation, salt, idle, absolute, n)
  ORDER BY artifact_id
), good AS (
  SELECT asked.*
  FROM asked AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM authorization_code artifact
    WHERE id = asked.artifact_id AND environment_id = asked.environment_id AND client_id = asked.client_id
      AND spent_at IS NULL AND expires_at > now() AND failures < 5
      AND (asked.offline OR COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = artifact.session_id), true))
    FOR UPDATE
  ) AS locked
), spent AS (
  UPDATE authorization_code artifact
  SET spent_at = now(), authorization_id = good.id
  FROM good
  WHERE artifact.id = good.artifact_id AND artifact.id = ANY ($1::uuid[])
  RETURNING good.n
), recorded AS (
  INSERT INTO authorization_record (id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)
  SELECT asked.id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, CASE WHEN generation IS NOT NULL THEN now() END,
     now() + make_interval(secs => LEAST(idle, absolute)),
     now() + make_interval(secs => absolute)
  FROM asked JOIN spent USING (n)
)
SELECT n
FROM spent;

-- authorization_redeem_backchannel_request
WITH asked AS (
  SELECT artifact_id, id, environment_id, client_id, subject_kind, subject_id, scope::text[], resources::text[], auth_time, acr, amr::text[], session_id, offline, generation, salt, idle, absolute, n::int
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::uuid[], $13::boolean[], $14::int[], $15::bytea[], $16::float8[], $17::float8[])
       WITH ORDINALITY AS call(artifact_id, id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id, offline, generation, salt, idle, absolute, n)
  ORDER BY artifact_id
), good AS (
  SELECT asked.*
  FROM asked AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM backchannel_request artifact
    WHERE id = asked.artifact_id AND environment_id = asked.environment_id AND client_id = asked.client_id
      AND spent_at IS NULL AND (expires_at > now() OR delivery = 'push') AND decision = 'approved'
      AND (asked.offline OR COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = artifact.session_id), true))
    FOR UPDATE
  ) AS locked
), spent AS (
  UPDATE backchannel_request artifact
  SET spent_at = now(), authorization_id = good.id
  FROM good
  WHERE artifact.id = good.artifact_id AND artifact.id = ANY ($1::uuid[])
  RETURNING good.n
), recorded AS (
  INSERT INTO authorization_record (id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)
  SELECT asked.id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, CASE WHEN generation IS NOT NULL THEN now() END,
     now() + make_interval(secs => LEAST(idle, absolute)),
     now() + make_interval(secs => absolute)
  FROM asked JOIN spent USING (n)
)
SELECT n
FROM spent;

-- authorization_redeem_device_authorization
WITH asked AS (
  SELECT artifact_id, id, environment_id, client_id, subject_kind, subject_id, scope::text[], resources::text[], auth_time, acr, amr::text[], session_id, offline, generation, salt, idle, absolute, n::int
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::uuid[], $13::boolean[], $14::int[], $15::bytea[], $16::float8[], $17::float8[])
       WITH ORDINALITY AS call(artifact_id, id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id, offline, generation, salt, idle, absolute, n)
  ORDER BY artifact_id
), good AS (
  SELECT asked.*
  FROM asked AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM device_authorization artifact
    WHERE id = asked.artifact_id AND environment_id = asked.environment_id AND client_id = asked.client_id
      AND spent_at IS NULL AND expires_at > now() AND decision = 'approved'
      AND (asked.offline OR COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = artifact.session_id), true))
    FOR UPDATE
  ) AS locked
), spent AS (
  UPDATE device_authorization artifact
  SET spent_at = now(), authorization_id = good.id
  FROM good
  WHERE artifact.id = good.artifact_id AND artifact.id = ANY ($1::uuid[])
  RETURNING good.n
), recorded AS (
  INSERT INTO authorization_record (id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)
  SELECT asked.id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, CASE WHEN generation IS NOT NULL THEN now() END,
     now() + make_interval(secs => LEAST(idle, absolute)),
     now() + make_interval(secs => absolute)
  FROM asked JOIN spent USING (n)
)
SELECT n
FROM spent;

-- authorization_redeem_once
WITH asked AS (
  SELECT day_id, next_day_id, until, id, environment_id, client_id, subject_kind, subject_id, scope::text[], resources::text[], auth_time, acr, amr::text[], session_id, offline, generation, salt, idle, absolute, n::int
  FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::text[], $14::uuid[], $15::boolean[], $16::int[], $17::bytea[], $18::float8[], $19::float8[])
       WITH ORDINALITY AS call(day_id, next_day_id, until, id, environment_id, client_id, subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id, offline, generation, salt, idle, absolute, n)
  ORDER BY day_id
), spent AS (
  INSERT INTO spent_artifact (id, environment_id, authorization_id)
  SELECT day, environment_id, asked.id
  FROM asked
  CROSS JOIN unnest(ARRAY[day_id, next_day_id]) AS day
  WHERE until > now() AND until < now() + interval '25 hours'
    AND (offline OR COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = asked.session_id), true))
  ORDER BY day
  RETURNING authorization_id
), recorded AS (
  INSERT INTO authorization_record (id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)
  SELECT asked.id, environment_id, client_id,
     subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
     offline, generation, salt, CASE WHEN generation IS NOT NULL THEN now() END,
     now() + make_interval(secs => LEAST(idle, absolute)),
     now() + make_interval(secs => absolute)
  FROM asked
  WHERE id IN (SELECT authorization_id FROM spent)
  RETURNING id
)
SELECT n
FROM asked JOIN recorded USING (id);

-- authorization_revoke
UPDATE authorization_record
SET revoked_at = now()
WHERE id = $1 AND environment_id = $2 AND revoked_at IS NULL;

-- authorization_rotate
WITH asked AS (
  SELECT id, generation, idle, n::int
  FROM unnest($1::uuid[], $2::int[], $3::float8[])
       WITH ORDINALITY AS call(id, generation, idle, n)
  ORDER BY id
), good AS (
  SELECT asked.*
  FROM asked AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM authorization_record record
    WHERE id = asked.id AND generation = asked.generation AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now() AND (record.offline OR record.session_id IS NULL OR COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = record.session_id), false))
    FOR UPDATE
  ) AS locked
)
UPDATE authorization_record record
SET generation = record.generation + 1,
    rotated_at = now(),
    idle_expires_at = LEAST(now() + make_interval(secs => good.idle), absolute_expires_at)
FROM good
WHERE record.id = good.id AND record.id = ANY ($1::uuid[])
RETURNING n, record.generation;

-- backchannel_approve
WITH decided AS (
  UPDATE backchannel_request
  SET decision = 'approved',
      (subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id) =
        ($4, $5, $6::text[], $7::text[], $8::timestamptz, $9, $10::text[], $11::uuid),
      decided_at = now()
  WHERE id = $1 AND environment_id = $2 AND user_id = $3 AND decision IS NULL AND expires_at > now()
  RETURNING id, environment_id, client_id, delivery
)
SELECT id, CASE WHEN delivery <> 'poll' THEN (graphile_worker.add_job('backchannel-notification', json_build_object('environmentId', decided.environment_id, 'id', decided.id), queue_name := 'backchannel ' || decided.environment_id || ' ' || decided.client_id, job_key := 'backchannel ' || decided.id, max_attempts := 7)).id END AS job
FROM decided;

-- backchannel_approved_push
SELECT client_id,
       subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
       authorization_id
FROM backchannel_request
WHERE id = $1 AND environment_id = $2 AND secret_hash = $3 AND delivery = 'push' AND decision = 'approved';

-- backchannel_deny
WITH decided AS (
  UPDATE backchannel_request
  SET decision = 'denied',
      decided_at = now()
  WHERE id = $1 AND environment_id = $2 AND user_id = $3 AND decision IS NULL AND expires_at > now()
  RETURNING id, environment_id, client_id, delivery
)
SELECT id, CASE WHEN delivery <> 'poll' THEN (graphile_worker.add_job('backchannel-notification', json_build_object('environmentId', decided.environment_id, 'id', decided.id), queue_name := 'backchannel ' || decided.environment_id || ' ' || decided.client_id, job_key := 'backchannel ' || decided.id, max_attempts := 7)).id END AS job
FROM decided;

-- backchannel_find
SELECT id, client_id, asked_scope, asked_resources, binding_message, created_at, expires_at,
       COALESCE(decision, CASE WHEN expires_at <= now() THEN 'expired' ELSE 'pending' END) AS state
FROM backchannel_request
WHERE id = $1 AND environment_id = $2 AND user_id = $3;

-- backchannel_notification
SELECT client_id, delivery, sealed_auth_req_id, sealed_notification_token, COALESCE(decision, 'expired') AS outcome
FROM backchannel_request
WHERE id = $1 AND environment_id = $2 AND delivery <> 'poll'
  AND (decision IS NOT NULL OR expires_at <= now())
  AND notified_at IS NULL AND given_up_at IS NULL;

-- backchannel_pending
SELECT id, client_id, asked_scope, asked_resources, binding_message, created_at, expires_at
FROM backchannel_request
WHERE environment_id = $1 AND user_id = $2 AND decision IS NULL AND expires_at > now()
ORDER BY id;

-- backchannel_poll
WITH polled AS (
  SELECT subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
         authorization_id,
         (extract(epoch FROM now() - spent_at) * 1000)::float8 AS spent_ago,
         CASE WHEN delivery = 'push' THEN 'push'
              WHEN spent_at IS NOT NULL THEN 'spent'
              WHEN decision = 'denied' THEN 'denied'
              WHEN expires_at <= now() THEN 'expired'
              ELSE COALESCE(decision, 'pending') END AS state,
         COALESCE(next_poll_at > now(), false) AS too_soon,
         interval + CASE WHEN next_poll_at > now() THEN 5 ELSE 0 END AS interval
  FROM backchannel_request
  WHERE id = $1 AND environment_id = $2 AND client_id = $3 AND secret_hash = $4
  FOR UPDATE
), counted AS (
  UPDATE backchannel_request
  SET interval = polled.interval,
      next_poll_at = now() + make_interval(secs => polled.interval)
  FROM polled
  WHERE id = $1 AND polled.state = 'pending'
)
SELECT * FROM polled;

-- backchannel_record_notification
UPDATE backchannel_request
SET notified_at = CASE WHEN $3::boolean THEN now() END,
    given_up_at = CASE WHEN $4::boolean THEN now() END,
    notification_attempts = notification_attempts + 1,
    notification_trouble = $5
WHERE id = $1 AND environment_id = $2 AND notified_at IS NULL AND given_up_at IS NULL;

-- backchannel_start
WITH started AS (
  INSERT INTO backchannel_request
    (id, environment_id, client_id, user_id, secret_hash, asked_scope, asked_resources, acr_values, binding_message,
     delivery, sealed_notification_token, sealed_auth_req_id, expires_at, interval)
  SELECT $1::uuid, $2, $3, $4, $5::bytea, $6::text[], $7::text[], $8::text[], $9,
         $10, $11, $12, now() + make_interval(secs => $13), $14::int
  FROM grantway_open_backchannel_requests($2, $4, $3)
  WHERE of_user < $15::int AND of_client < $16::int
  RETURNING id, environment_id, client_id, delivery, expires_at
)
SELECT CASE WHEN delivery = 'push' THEN (graphile_worker.add_job('backchannel-notification', json_build_object('environmentId', started.environment_id, 'id', started.id), queue_name := 'backchannel ' || started.environment_id || ' ' || started.client_id, run_at := expires_at, job_key := 'backchannel ' || started.id, max_attempts := 7)).id END AS job
FROM started;

-- client_find
SELECT environment_id AS "environmentId", id, name, enabled, auth_method AS "authMethod",
       secret_hashes AS "secretHashes", grant_types AS "grantTypes", response_types AS "responseTypes",
       redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
       default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
       access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy,
       post_logout_redirect_uris AS "postLogoutRedirectUris", keys, sealed_secret AS "sealedSecret", par,
       request_objects AS "requestObjects", device, backchannel, exchange
FROM client
WHERE environment_id = $1 AND id = $2;

-- client_find_by_device_path
SELECT environment_id AS "environmentId", id, name, enabled, auth_method AS "authMethod",
       secret_hashes AS "secretHashes", grant_types AS "grantTypes", response_types AS "responseTypes",
       redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
       default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
       access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy,
       post_logout_redirect_uris AS "postLogoutRedirectUris", keys, sealed_secret AS "sealedSecret", par,
       request_objects AS "requestObjects", device, backchannel, exchange
FROM client
WHERE environment_id = $1 AND device ->> 'pathId' = $2 AND device ? 'pathId';

-- client_origins
SELECT DISTINCT unnest(allowed_origins) AS origin
FROM client
WHERE environment_id = $1 AND enabled;

-- code_count_failure
UPDATE authorization_code
SET failures = failures + 1
WHERE id = $1 AND spent_at IS NULL;

-- code_find
WITH asked AS (
  SELECT id, environment_id, n::int
  FROM unnest($1::uuid[], $2::text[])
       WITH ORDINALITY AS call(id, environment_id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT client_id, secret_hash,
         subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
         redirect_uri, nonce, code_challenge, code_challenge_method, authorization_id,
         CASE WHEN spent_at IS NOT NULL THEN 'spent'
              WHEN failures >= 5 THEN 'guessed'
              WHEN expires_at <= now() THEN 'expired'
              ELSE 'live' END AS state,
         (extract(epoch FROM now() - spent_at) * 1000)::float8 AS spent_ago
  FROM authorization_code
  WHERE id = asked.id AND environment_id = asked.environment_id
  OFFSET 0
) AS found;

-- code_message_request
SELECT (graphile_worker.add_job('code-message', json_build_object('environmentId', $1::text, 'purpose', $2::text, 'flowId', $3::text, 'username', $4::text), queue_name := 'code-message/' || $1::text, max_attempts := 7)).id AS job;

-- config_clients
SELECT id, name, enabled, auth_method AS "authMethod", secret_hashes AS "secretHashes", grant_types AS "grantTypes",
       response_types AS "responseTypes", redirect_uris AS "redirectUris", allowed_origins AS "allowedOrigins", scopes,
       default_scopes AS "defaultScopes", trusted, pkce_required AS "pkceRequired", refresh,
       access_token_lifetime AS "accessTokenLifetime", multiple_resources AS "multipleResources", legacy,
       post_logout_redirect_uris AS "postLogoutRedirectUris", keys, sealed_secret AS "sealedSecret", par,
       request_objects AS "requestObjects", device, backchannel, exchange, origin
FROM client
WHERE environment_id = $1;

-- config_environment
SELECT id, name, enabled, grant_types AS "grantTypes", pkce, signing, lifetimes,
       password_change_ends_refresh AS "passwordChangeEndsRefresh", par, outbound, user_code AS "userCode", accounts
FROM environment
WHERE id = $1;

-- config_resources
SELECT name, audience, scopes, access_token_lifetime AS "accessTokenLifetime",
       access_token_format AS "accessTokenFormat", access_token_algorithm AS "accessTokenAlgorithm",
       introspection_secret_hashes AS "introspectionSecretHashes", may_act AS "mayAct", origin
FROM resource
WHERE environment_id = $1;

-- config_service_accounts
SELECT id, name, description, enabled, client_id AS "clientId", scopes, bindings, origin
FROM service_account
WHERE environment_id = $1;

-- config_users
SELECT id, username, username_key AS "usernameKey", email_key AS "emailKey", status, claims,
       must_change_password AS "mustChangePassword", password_hash AS "passwordHash", user_code_hash AS "userCodeHash"
FROM directory_user
WHERE environment_id = $1
  AND (id = ANY ($2::text[]) OR username_key = ANY ($3::text[]) OR email_key = ANY ($3::text[]));

-- consent_find
WITH asked AS (
  SELECT environment_id, user_id, client_id, n::int
  FROM unnest($1::text[], $2::text[], $3::text[])
       WITH ORDINALITY AS call(environment_id, user_id, client_id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT scope
  FROM consent
  WHERE environment_id = asked.environment_id AND user_id = asked.user_id AND client_id = asked.client_id
  OFFSET 0
) AS found;

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
), unfetched AS (
  UPDATE device_authorization
  SET expires_at = now()
  WHERE id >= grantway_uuid_floor(now() - interval '65 minutes')
    AND environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND spent_at IS NULL
), untold AS (
  UPDATE backchannel_request
  SET decision = 'denied'
  WHERE id >= grantway_uuid_floor(now() - interval '65 minutes')
    AND environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND spent_at IS NULL
)
UPDATE authorization_record
SET revoked_at = now()
WHERE environment_id = $1 AND subject_kind = 'user' AND subject_id = $2 AND client_id = $3 AND revoked_at IS NULL;

-- device_approve
WITH decided AS (
  UPDATE device_authorization
  SET decision = 'approved',
      (subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id) =
        ($3, $4, $5::text[], $6::text[], $7::timestamptz, $8, $9::text[], $10::uuid),
      decided_at = now()
  WHERE id = $1 AND environment_id = $2 AND decision IS NULL AND expires_at > now()
  RETURNING id
), freed AS (
  DELETE FROM device_user_code
  USING decided
  WHERE device_authorization_id = decided.id
)
SELECT id FROM decided;

-- device_deny
WITH decided AS (
  UPDATE device_authorization
  SET decision = 'denied',
      decided_at = now()
  WHERE id = $1 AND environment_id = $2 AND decision IS NULL AND expires_at > now()
  RETURNING id
), freed AS (
  DELETE FROM device_user_code
  USING decided
  WHERE device_authorization_id = decided.id
)
SELECT id FROM decided;

-- device_find
SELECT device.id, device.client_id, device.asked_scope, device.asked_resources
FROM device_authorization device
WHERE id = $1 AND environment_id = $2 AND decision IS NULL AND expires_at > now();

-- device_find_by_user_code
SELECT device.id, device.client_id, device.asked_scope, device.asked_resources
FROM device_user_code code
JOIN device_authorization device ON device.id = code.device_authorization_id
WHERE code.environment_id = $1 AND code.code_hash = $2 AND code.expires_at > now()
  AND device.environment_id = $1 AND device.decision IS NULL AND device.expires_at > now();

-- device_poll
WITH asked AS (
  SELECT id, environment_id, client_id, secret_hash, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
       WITH ORDINALITY AS call(id, environment_id, client_id, secret_hash, n)
  ORDER BY id
), polled AS (
  SELECT asked.n, device.*
  FROM asked
  CROSS JOIN LATERAL (
    SELECT id,
           subject_kind, subject_id, scope, resources, auth_time, acr, amr, session_id,
           code_challenge, authorization_id,
           (extract(epoch FROM now() - spent_at) * 1000)::float8 AS spent_ago,
           CASE WHEN spent_at IS NOT NULL THEN 'spent'
                WHEN decision = 'denied' THEN 'denied'
                WHEN expires_at <= now() THEN 'expired'
                ELSE COALESCE(decision, 'pending') END AS state,
           COALESCE(next_poll_at > now(), false) AS too_soon,
           interval + CASE WHEN next_poll_at > now() THEN 5 ELSE 0 END AS interval
    FROM device_authorization
    WHERE id = asked.id AND environment_id = asked.environment_id AND client_id = asked.client_id
      AND secret_hash = asked.secret_hash
    FOR UPDATE
  ) AS device
), counted AS (
  UPDATE device_authorization device
  SET interval = polled.interval,
      next_poll_at = now() + make_interval(secs => polled.interval)
  FROM polled
  WHERE device.id = polled.id AND device.id = ANY ($1::uuid[]) AND polled.state = 'pending'
)
SELECT * FROM polled;

-- device_start
WITH swept AS (
  DELETE FROM device_user_code
  WHERE (environment_id, code_hash) IN (
    SELECT environment_id, code_hash
    FROM device_user_code
    WHERE expires_at <= now() AND code_hash <> $4
    LIMIT 5
    FOR UPDATE SKIP LOCKED)
), pending AS (
  SELECT count(*) AS open
  FROM device_user_code
  WHERE environment_id = $2 AND client_id = $3 AND expires_at > now()
), claimed AS (
  INSERT INTO device_user_code AS taken (environment_id, client_id, code_hash, device_authorization_id, expires_at)
  SELECT $2, $3, $4::bytea, $1::uuid, now() + make_interval(secs => $9)
  FROM pending
  WHERE open < $11
  ON CONFLICT (environment_id, code_hash) DO UPDATE
  SET client_id = excluded.client_id,
      device_authorization_id = excluded.device_authorization_id,
      expires_at = excluded.expires_at
  WHERE taken.expires_at <= now()
  RETURNING 1
), started AS (
  INSERT INTO device_authorization
    (id, environment_id, client_id, secret_hash, asked_scope, asked_resources, code_challenge, expires_at, interval)
  SELECT $1::uuid, $2, $3, $5::bytea, $6::text[], $7::text[], $8, now() + make_interval(secs => $9), $10::int
  FROM claimed
  RETURNING 1
)
SELECT EXISTS (SELECT FROM started) AS started, open >= $11 AS full
FROM pending;

-- environment_find
SELECT id, name, enabled, grant_types AS "grantTypes", pkce, signing, lifetimes,
       password_change_ends_refresh AS "passwordChangeEndsRefresh", par, outbound, user_code AS "userCode", accounts
FROM environment
WHERE id = $1;

-- flow_advance
WITH asked AS (
  SELECT key, id, environment_id, from_status, to_status, lifetime, purpose, session_id, user_id, signed_on, forget, consenting_id, client_id, scope::text[], n::int
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::jsonb[], $8::uuid[], $9::text[], $10::boolean[], $11::boolean[], $12::text[], $13::text[], $14::text[])
       WITH ORDINALITY AS call(key, id, environment_id, from_status, to_status, lifetime, purpose, session_id, user_id, signed_on, forget, consenting_id, client_id, scope, n)
  ORDER BY key
), standing AS (
  SELECT asked.*
  FROM (SELECT * FROM asked WHERE id IS NOT NULL ORDER BY id) AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM flow
    WHERE id = asked.id AND environment_id = asked.environment_id AND status = asked.from_status
      AND expires_at > now() AND resumed_at IS NULL
    FOR UPDATE
  ) AS locked
), moved AS (
  UPDATE flow
  SET status = to_status,
      session_id = COALESCE(standing.session_id, CASE WHEN NOT forget THEN flow.session_id END),
      user_id = COALESCE(standing.user_id, CASE WHEN NOT forget THEN flow.user_id END),
      signed_on_at = CASE WHEN signed_on THEN now() WHEN NOT forget THEN signed_on_at END,
      purpose = COALESCE(standing.purpose, flow.purpose),
      expires_at = now() + make_interval(secs => lifetime)
  FROM standing
  WHERE flow.id = standing.id AND flow.id = ANY ($2::uuid[])
  RETURNING standing.*
), remembered AS (
  INSERT INTO consent (environment_id, user_id, client_id, scope)
SELECT environment_id, consenting_id, client_id, scope
FROM moved
WHERE client_id IS NOT NULL
ORDER BY key
ON CONFLICT (environment_id, user_id, client_id) DO UPDATE
SET scope = ARRAY(SELECT DISTINCT token FROM unnest(consent.scope || excluded.scope) AS token ORDER BY token),
    granted_at = now()
)
SELECT n
FROM moved;

-- flow_begin
WITH asked AS (
  SELECT id, environment_id, status, purpose, browser_hash, session_id, user_id, lifetime, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::bytea[], $6::uuid[], $7::text[], $8::float8[])
       WITH ORDINALITY AS call(id, environment_id, status, purpose, browser_hash, session_id, user_id, lifetime, n)
  ORDER BY id
)
INSERT INTO flow (id, environment_id, status, purpose, request, browser_hash, session_id, user_id, expires_at)
SELECT id, environment_id, status, purpose, COALESCE(purpose -> 'request', '{}'), browser_hash, session_id, user_id,
       now() + make_interval(secs => lifetime)
FROM asked;

-- flow_find
WITH asked AS (
  SELECT id, environment_id, n::int
  FROM unnest($1::uuid[], $2::text[])
       WITH ORDINALITY AS call(id, environment_id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT status, COALESCE(purpose, jsonb_build_object('kind', 'authorize', 'request', request)) AS purpose, browser_hash, session_id, user_id, signed_on_at, created_at, expires_at,
         resumed_at IS NOT NULL AS resumed
  FROM flow
  WHERE id = asked.id AND environment_id = asked.environment_id AND expires_at > now()
  OFFSET 0
) AS found;

-- flow_find_with_session
WITH asked AS (
  SELECT id, environment_id, sitting_id, idle, n::int
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::float8[])
       WITH ORDINALITY AS call(id, environment_id, sitting_id, idle, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT status, COALESCE(purpose, jsonb_build_object('kind', 'authorize', 'request', request)) AS purpose, browser_hash, session_id, user_id, signed_on_at, created_at, expires_at,
         resumed_at IS NOT NULL AS resumed, sitting.*
  FROM flow
  LEFT JOIN LATERAL (
  SELECT session.user_id AS session_user_id, secret_hash, auth_time, acr, amr,
         idle_expires_at < LEAST(now() + make_interval(secs => asked.idle - LEAST(60, asked.idle / 10)), absolute_expires_at) AS slide,
         directory_user.id AS local_user_id, username, directory_user.status AS user_status, claims,
         password_changed_at, must_change_password
  FROM session LEFT JOIN directory_user
    ON directory_user.environment_id = session.environment_id AND directory_user.id = session.user_id
  WHERE session.id = asked.sitting_id AND session.environment_id = asked.environment_id
    AND ended_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()
  ) AS sitting ON true
  WHERE id = asked.id AND flow.environment_id = asked.environment_id AND expires_at > now()
  OFFSET 0
) AS found;

-- flow_resume
UPDATE flow
SET resumed_at = now()
WHERE id = $1 AND environment_id = $2 AND status IN ('COMPLETED', 'FAILED')
  AND expires_at > now() AND resumed_at IS NULL
RETURNING status, COALESCE(purpose, jsonb_build_object('kind', 'authorize', 'request', request)) AS purpose, browser_hash, session_id, user_id, signed_on_at, created_at, expires_at,
       resumed_at IS NOT NULL AS resumed;

-- flow_sign_on
WITH asked AS (
  SELECT id, environment_id, from_status, to_status, lifetime, purpose, session_id, secret_hash, user_id, acr, amr::text[], idle, absolute, replaces, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::jsonb[], $7::uuid[], $8::bytea[], $9::text[], $10::text[], $11::text[], $12::float8[], $13::float8[], $14::uuid[])
       WITH ORDINALITY AS call(id, environment_id, from_status, to_status, lifetime, purpose, session_id, secret_hash, user_id, acr, amr, idle, absolute, replaces, n)
  ORDER BY id
), standing AS (
  SELECT asked.*
  FROM (SELECT * FROM asked WHERE id IS NOT NULL ORDER BY id) AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM flow
    WHERE id = asked.id AND environment_id = asked.environment_id AND status = asked.from_status
      AND expires_at > now() AND resumed_at IS NULL
    FOR UPDATE
  ) AS locked
), moved AS (
  UPDATE flow
  SET status = to_status, purpose = standing.purpose, session_id = standing.session_id, user_id = standing.user_id,
      expires_at = now() + make_interval(secs => lifetime)
  FROM standing
  WHERE flow.id = standing.id AND flow.id = ANY ($1::uuid[])
  RETURNING standing.*
), ending AS (
  SELECT asked.*
  FROM (SELECT * FROM moved WHERE replaces IS NOT NULL ORDER BY replaces) AS asked
  CROSS JOIN LATERAL (
    SELECT
    FROM session
    WHERE id = asked.replaces AND environment_id = asked.environment_id AND ended_at IS NULL
    FOR UPDATE
  ) AS locked
), replaced AS (
  UPDATE session
  SET ended_at = now()
  FROM ending
  WHERE session.id = ending.replaces AND session.id = ANY ($14::uuid[])
), opened AS (
  INSERT INTO session (id, environment_id, secret_hash, user_id, acr, amr, idle_expires_at, absolute_expires_at)
SELECT session_id, environment_id, secret_hash, user_id, acr, amr,
       now() + make_interval(secs => LEAST(idle::float8, absolute::float8)), now() + make_interval(secs => absolute::float8)
FROM moved
  RETURNING id, auth_time
)
SELECT n, auth_time
FROM moved JOIN opened ON opened.id = moved.session_id;

-- health_ping
SELECT to_regclass('flow_p' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')) IS NOT NULL
   AND to_regclass('graphile_worker._private_jobs') IS NOT NULL AS ready;

-- janitor_authorization_record
WITH due AS MATERIALIZED (
  SELECT id, look_at, GREATEST(
    CASE
      WHEN revoked_at IS NOT NULL THEN revoked_at
      ELSE GREATEST(
        COALESCE(rotated_at, created_at) + make_interval(secs =>
          COALESCE((SELECT longest_token FROM environment WHERE environment.id = record.environment_id), 86400)),
        LEAST(idle_expires_at, absolute_expires_at))
    END + interval '1 day',
    (SELECT GREATEST(latest, now()) + interval '1 hour'
     FROM (SELECT max(needing.look_at) AS latest FROM authorization_record needing WHERE needing.derived_from = record.id) AS needed
     WHERE latest IS NOT NULL)) AS next_look
  FROM authorization_record record
  WHERE look_at <= now() AND (look_at, id) > ($2::timestamptz, $3::uuid)
  ORDER BY look_at, id
  LIMIT $1
  FOR UPDATE OF record SKIP LOCKED
), removed AS (
  DELETE FROM authorization_record record
  USING due
  WHERE record.id = due.id AND next_look <= now()
  RETURNING 1
), kept AS (
  UPDATE authorization_record record
  SET look_at = next_look
  FROM due
  WHERE record.id = due.id AND next_look > now()
), last AS (
  SELECT look_at, id
  FROM due
  ORDER BY look_at DESC, id DESC
  LIMIT 1
)
SELECT (SELECT count(*) FROM due)::int AS looked, (SELECT count(*) FROM removed)::int AS removed,
       (SELECT look_at FROM last)::text AS last_look_at, (SELECT id FROM last) AS last_id;

-- janitor_session
WITH due AS MATERIALIZED (
  SELECT id, look_at, GREATEST(
    COALESCE(ended_at, LEAST(idle_expires_at, absolute_expires_at)) + interval '3 days',
    (SELECT GREATEST(latest, now()) + interval '1 hour'
     FROM (SELECT max(needing.look_at) AS latest FROM authorization_record needing WHERE record.ended_at IS NULL AND needing.session_id = record.id AND NOT needing.offline AND needing.derived_from IS NULL) AS needed
     WHERE latest IS NOT NULL)) AS next_look
  FROM session record
  WHERE look_at <= now() AND (look_at, id) > ($2::timestamptz, $3::uuid)
  ORDER BY look_at, id
  LIMIT $1
  FOR UPDATE OF record SKIP LOCKED
), removed AS (
  DELETE FROM session record
  USING due
  WHERE record.id = due.id AND next_look <= now()
  RETURNING 1
), kept AS (
  UPDATE session record
  SET look_at = next_look
  FROM due
  WHERE record.id = due.id AND next_look > now()
), last AS (
  SELECT look_at, id
  FROM due
  ORDER BY look_at DESC, id DESC
  LIMIT 1
)
SELECT (SELECT count(*) FROM due)::int AS looked, (SELECT count(*) FROM removed)::int AS removed,
       (SELECT look_at FROM last)::text AS last_look_at, (SELECT id FROM last) AS last_id;

-- jobs_due
SELECT count(*)::int AS pending, COALESCE(EXTRACT(EPOCH FROM now() - min(run_at)), 0)::float8 AS lag
FROM graphile_worker._private_jobs
WHERE is_available AND run_at <= now();

-- jobs_recover
WITH freed AS (
  UPDATE graphile_worker._private_jobs
  SET locked_at = NULL, locked_by = NULL,
      attempts = LEAST(attempts, max_attempts - 1),
      run_at = GREATEST(run_at, now())
  WHERE locked_at < now() - make_interval(secs => $1)
     OR (locked_at IS NULL AND attempts >= max_attempts AND run_at < now())
  RETURNING 1
)
UPDATE graphile_worker._private_job_queues
SET locked_at = NULL, locked_by = NULL
WHERE locked_at < now() - make_interval(secs => $1);

-- key_schedule_activate
WITH next AS MATERIALIZED (
  SELECT k.environment_id, k.kid, k.algorithm
  FROM signing_key k
  JOIN environment e ON e.id = k.environment_id
  WHERE k.environment_id = $1 AND k.kid = $2 AND k.state = 'announced' AND k.created_at <= now() - make_interval(secs => COALESCE((e.signing ->> 'announceFor')::int, 900))
), stopped AS (
  UPDATE signing_key k
  SET state = 'retiring', retiring_at = now(), private_key = ''
  FROM next
  WHERE k.environment_id = next.environment_id AND k.algorithm = next.algorithm AND k.state = 'active'
  RETURNING 1
)
UPDATE signing_key k
SET state = 'active', activated_at = now(), keep_until = GREATEST(k.keep_until, now() + interval '6 hours')
FROM next
WHERE k.environment_id = next.environment_id AND k.kid = next.kid AND k.state = 'announced'
  AND (SELECT count(*) FROM stopped) >= 0;

-- key_schedule_due
WITH shortest AS MATERIALIZED (
  SELECT make_interval(secs => min(GREATEST(0, COALESCE((e.signing ->> 'rotateEvery')::int, 7776000) - COALESCE((e.signing ->> 'announceFor')::int, 900)))) AS time FROM environment e WHERE COALESCE((e.signing ->> 'rotateEvery')::int, 7776000) > 0
), old_enough AS MATERIALIZED (
  SELECT environment_id, kid
  FROM signing_key
  WHERE state <> 'retired'
    AND (state <> 'active' OR COALESCE(activated_at, created_at) <= now() - (SELECT time FROM shortest))
)
SELECT k.environment_id AS "environmentId", k.kid, k.algorithm,
       CASE k.state WHEN 'announced' THEN 'activate' WHEN 'active' THEN 'follow' ELSE 'retire' END AS step
FROM old_enough
JOIN signing_key k USING (environment_id, kid)
JOIN environment e ON e.id = k.environment_id
WHERE k.state = 'announced' AND k.created_at <= now() - make_interval(secs => COALESCE((e.signing ->> 'announceFor')::int, 900))
   OR k.state = 'active' AND COALESCE((e.signing ->> 'rotateEvery')::int, 7776000) > 0
  AND COALESCE(k.activated_at, k.created_at) <= now() - make_interval(secs => GREATEST(0, COALESCE((e.signing ->> 'rotateEvery')::int, 7776000) - COALESCE((e.signing ->> 'announceFor')::int, 900)))
  AND NOT EXISTS (
    SELECT 1 FROM signing_key n
    WHERE n.environment_id = k.environment_id AND n.algorithm = k.algorithm AND n.state = 'announced')
   OR k.state = 'retiring' AND COALESCE(k.keep_until, k.retiring_at + interval '31 days') <= now()
ORDER BY k.created_at, k.kid
LIMIT $1;

-- key_schedule_follow
INSERT INTO signing_key (environment_id, kid, algorithm, state, public_jwk, private_key, scheduled)
SELECT k.environment_id, $2, k.algorithm, 'announced', $4, $5, true
FROM signing_key k
JOIN environment e ON e.id = k.environment_id
WHERE k.environment_id = $1 AND k.algorithm = $3 AND k.state = 'active' AND COALESCE((e.signing ->> 'rotateEvery')::int, 7776000) > 0
  AND COALESCE(k.activated_at, k.created_at) <= now() - make_interval(secs => GREATEST(0, COALESCE((e.signing ->> 'rotateEvery')::int, 7776000) - COALESCE((e.signing ->> 'announceFor')::int, 900)))
  AND NOT EXISTS (
    SELECT 1 FROM signing_key n
    WHERE n.environment_id = k.environment_id AND n.algorithm = k.algorithm AND n.state = 'announced')
ON CONFLICT (environment_id, algorithm) WHERE state = 'announced' AND scheduled DO NOTHING;

-- key_schedule_records
SELECT k.kid, k.algorithm, k.state, k.created_at AS "announcedAt",
       COALESCE(k.activated_at, k.created_at + make_interval(secs => COALESCE((e.signing ->> 'announceFor')::int, 900))) AS "activeFrom",
       k.retiring_at AS "retiringAt", k.keep_until AS "keptUntil", k.retired_at AS "retiredAt"
FROM signing_key k
JOIN environment e ON e.id = k.environment_id
WHERE k.environment_id = $1
ORDER BY k.created_at, k.kid;

-- key_schedule_remove
WITH target AS MATERIALIZED (
  SELECT environment_id, kid, algorithm, state
  FROM signing_key
  WHERE environment_id = $1 AND kid = $2 AND state <> 'retired' AND algorithm = $4
  FOR UPDATE
), removed AS (
  UPDATE signing_key k
  SET state = 'retired', retired_at = now(), private_key = ''
  FROM target t
  WHERE k.environment_id = t.environment_id AND k.kid = t.kid
  RETURNING t.state, k.algorithm
), replaced AS (
  INSERT INTO signing_key
    (environment_id, kid, algorithm, state, public_jwk, private_key, activated_at, keep_until)
  SELECT $1, $3, r.algorithm, 'active', $5, $6, now(), now() + interval '6 hours'
  FROM removed r
  WHERE r.state = 'active'
)
SELECT state AS before
FROM removed;

-- key_schedule_retire
UPDATE signing_key k
SET state = 'retired', retired_at = now(), private_key = ''
WHERE k.environment_id = $1 AND k.kid = $2 AND k.state = 'retiring' AND COALESCE(k.keep_until, k.retiring_at + interval '31 days') <= now();

-- one_time_code_issue
WITH swept AS (
  DELETE FROM one_time_code
  WHERE (environment_id, purpose, flow_id) IN (
    SELECT environment_id, purpose, flow_id
    FROM one_time_code
    WHERE expires_at <= now() AND flow_id <> $3::uuid
    LIMIT 5
    FOR UPDATE SKIP LOCKED)
)
INSERT INTO one_time_code (environment_id, purpose, flow_id, user_id, code_hash, expires_at)
VALUES ($1, $2, $3::uuid, $4, $5, now() + make_interval(secs => $6))
ON CONFLICT (environment_id, purpose, flow_id) DO UPDATE
SET user_id = excluded.user_id, code_hash = excluded.code_hash, expires_at = excluded.expires_at, tries = 0;

-- one_time_code_redeem
UPDATE one_time_code
SET tries = tries + 1,
    expires_at = CASE WHEN code_hash = $5 THEN '-infinity' ELSE expires_at END
WHERE environment_id = $1 AND purpose = $2 AND flow_id = $3::uuid AND user_id = $4
  AND expires_at > now() AND tries < $6
RETURNING code_hash = $5 AS redeemed;

-- opaque_access_token_find
WITH asked AS (
  SELECT id, environment_id, n::int
  FROM unnest($1::uuid[], $2::text[])
       WITH ORDINALITY AS call(id, environment_id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT client_id, secret_hash, claims
  FROM opaque_access_token
  WHERE id = asked.id AND environment_id = asked.environment_id AND revoked_at IS NULL AND expires_at > now()
  OFFSET 0
) AS found;

-- opaque_access_token_issue
WITH asked AS (
  SELECT id, environment_id, client_id, secret_hash, claims, lifetime, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[], $6::float8[])
       WITH ORDINALITY AS call(id, environment_id, client_id, secret_hash, claims, lifetime, n)
  ORDER BY id
)
INSERT INTO opaque_access_token (id, environment_id, client_id, secret_hash, claims, expires_at)
SELECT id, environment_id, client_id, secret_hash, claims, now() + make_interval(secs => lifetime)
FROM asked;

-- opaque_access_token_revoke
UPDATE opaque_access_token
SET revoked_at = now()
WHERE id = $1 AND environment_id = $2 AND secret_hash = $3 AND revoked_at IS NULL;

-- partitions_drop
SELECT grantway_drop_partitions(make_interval(days => $1::int)) AS dropped;

-- partitions_drop_audit
SELECT grantway_drop_audit($1::int) AS dropped;

-- partitions_ensure
SELECT grantway_ensure_partitions($1::int) AS made;

-- pushed_request_find
WITH asked AS (
  SELECT id, environment_id, n::int
  FROM unnest($1::uuid[], $2::text[])
       WITH ORDINALITY AS call(id, environment_id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT client_id, secret_hash, params
  FROM pushed_request
  WHERE id = asked.id AND environment_id = asked.environment_id AND expires_at > now() AND spent_at IS NULL
  OFFSET 0
) AS found;

-- pushed_request_push
WITH asked AS (
  SELECT id, environment_id, client_id, secret_hash, params, lifetime, n::int
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[], $6::float8[])
       WITH ORDINALITY AS call(id, environment_id, client_id, secret_hash, params, lifetime, n)
  ORDER BY id
)
INSERT INTO pushed_request (id, environment_id, client_id, secret_hash, params, expires_at)
SELECT id, environment_id, client_id, secret_hash, params, now() + make_interval(secs => lifetime)
FROM asked;

-- resource_list
SELECT environment_id AS "environmentId", name, audience, scopes, access_token_lifetime AS "accessTokenLifetime",
       access_token_format AS "accessTokenFormat", access_token_algorithm AS "accessTokenAlgorithm",
       introspection_secret_hashes AS "introspectionSecretHashes", may_act AS "mayAct"
FROM resource
WHERE environment_id = $1
ORDER BY name;

-- revoked_token_add
INSERT INTO revoked_token (id)
VALUES ($1)
ON CONFLICT (id) DO NOTHING;

-- revoked_token_has
WITH asked AS (
  SELECT id, n::int
  FROM unnest($1::uuid[])
       WITH ORDINALITY AS call(id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT FROM revoked_token
  WHERE id = asked.id
  OFFSET 0
) AS found;

-- service_account_change
UPDATE service_account
SET name = COALESCE($3::text, name), description = NULLIF(COALESCE($4::text, description), ''),
    enabled = COALESCE($5::boolean, enabled), client_id = COALESCE($6::text, client_id),
    scopes = COALESCE($7::text[], scopes), bindings = COALESCE($8::text[], bindings), updated_at = now()
WHERE environment_id = $1 AND id = $2
  AND (name, description, enabled, client_id, scopes, bindings)
      IS DISTINCT FROM
      (COALESCE($3::text, name), NULLIF(COALESCE($4::text, description), ''), COALESCE($5::boolean, enabled),
       COALESCE($6::text, client_id), COALESCE($7::text[], scopes), COALESCE($8::text[], bindings));

-- service_account_find
SELECT environment_id AS "environmentId", id, name, description, enabled, client_id AS "clientId", scopes, bindings,
       version, jti_hash AS "jtiHash", origin = 'file' AS "fromFile"
FROM service_account
WHERE environment_id = $1 AND id = $2;

-- service_account_list
SELECT environment_id AS "environmentId", id, name, description, enabled, client_id AS "clientId", scopes, bindings,
       version, jti_hash AS "jtiHash", origin = 'file' AS "fromFile"
FROM service_account
WHERE environment_id = $1 AND ($2::text IS NULL OR client_id = $2)
ORDER BY id;

-- service_account_remove
DELETE FROM service_account
WHERE environment_id = $1 AND id = $2;

-- service_account_rotate
UPDATE service_account
SET jti_hash = $3, version = DEFAULT, updated_at = now()
WHERE environment_id = $1 AND id = $2
RETURNING environment_id AS "environmentId", id, name, description, enabled, client_id AS "clientId", scopes, bindings,
       version, jti_hash AS "jtiHash", origin = 'file' AS "fromFile";

-- service_account_save
INSERT INTO service_account AS old
  (environment_id, id, name, description, enabled, client_id, scopes, bindings)
VALUES ($1, $2, $3, $4, $5, $6, $7::text[], $8::text[])
ON CONFLICT (environment_id, id) DO UPDATE
SET name = EXCLUDED.name, description = EXCLUDED.description, enabled = EXCLUDED.enabled,
    client_id = EXCLUDED.client_id, scopes = EXCLUDED.scopes, bindings = EXCLUDED.bindings, updated_at = now()
WHERE (old.name, old.description, old.enabled, old.client_id, old.scopes, old.bindings)
      IS DISTINCT FROM
      (EXCLUDED.name, EXCLUDED.description, EXCLUDED.enabled, EXCLUDED.client_id, EXCLUDED.scopes, EXCLUDED.bindings)
RETURNING xmax = 0 AS created;

-- session_create
INSERT INTO session (id, environment_id, secret_hash, user_id, acr, amr, idle_expires_at, absolute_expires_at)
SELECT $1::uuid, $2, $3::bytea, $4, $5, $6::text[],
       now() + make_interval(secs => LEAST($7::float8, $8::float8)), now() + make_interval(secs => $8::float8)
RETURNING auth_time;

-- session_end
UPDATE session
SET ended_at = now()
WHERE id = $1 AND environment_id = $2 AND ended_at IS NULL;

-- session_find
WITH asked AS (
  SELECT id, environment_id, idle, n::int
  FROM unnest($1::uuid[], $2::text[], $3::float8[])
       WITH ORDINALITY AS call(id, environment_id, idle, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT session.user_id AS session_user_id, secret_hash, auth_time, acr, amr,
         idle_expires_at < LEAST(now() + make_interval(secs => asked.idle - LEAST(60, asked.idle / 10)), absolute_expires_at) AS slide,
         directory_user.id AS local_user_id, username, directory_user.status AS user_status, claims,
         password_changed_at, must_change_password
  FROM session LEFT JOIN directory_user
    ON directory_user.environment_id = session.environment_id AND directory_user.id = session.user_id
  WHERE session.id = asked.id AND session.environment_id = asked.environment_id
    AND ended_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()
  OFFSET 0
) AS found;

-- session_find_by_id
SELECT user_id, auth_time, acr, amr
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
  (environment_id, kid, algorithm, state, public_jwk, private_key, keep_until, activated_at, retiring_at, retired_at)
VALUES ($1, $2, $3, $4::text, $5, $6,
        COALESCE($7, CASE $4::text WHEN 'active' THEN now() + interval '6 hours' END),
        CASE $4::text WHEN 'active' THEN now() END,
        CASE $4::text WHEN 'retiring' THEN now() END,
        CASE $4::text WHEN 'retired' THEN now() END);

-- signing_key_find
SELECT environment_id AS "environmentId", kid, algorithm, state, public_jwk AS "publicJwk",
       private_key AS "encryptedPrivateKey", keep_until AS "keptUntil"
FROM signing_key
WHERE environment_id = $1 AND kid = $2 AND state <> 'retired';

-- signing_key_keep
UPDATE signing_key
SET keep_until = GREATEST(keep_until, $3)
WHERE environment_id = $1 AND kid = $2 AND state <> 'retired';

-- signing_key_list
SELECT environment_id AS "environmentId", kid, algorithm, state, public_jwk AS "publicJwk",
       private_key AS "encryptedPrivateKey", keep_until AS "keptUntil"
FROM signing_key
WHERE environment_id = $1 AND state <> 'retired'
ORDER BY created_at, kid;

-- used_jwt_use
WITH asked AS (
  SELECT id, n::int
  FROM unnest($1::uuid[])
       WITH ORDINALITY AS call(id, n)
  ORDER BY id
), used AS (
  INSERT INTO used_jwt (id)
  SELECT id
  FROM asked
  WHERE id >= grantway_uuid_floor(now() - interval '1 day')
    AND id < grantway_uuid_floor(now() + interval '2 days')
  ORDER BY id
  ON CONFLICT (id) DO NOTHING
  RETURNING id
)
SELECT n
FROM asked JOIN used USING (id);

-- user_code_hash
SELECT user_code_hash
FROM directory_user
WHERE environment_id = $1 AND id = $2;

-- user_find
WITH asked AS (
  SELECT environment_id, id, n::int
  FROM unnest($1::text[], $2::text[])
       WITH ORDINALITY AS call(environment_id, id, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT id, username, status, claims, password_changed_at, must_change_password
  FROM directory_user
  WHERE environment_id = asked.environment_id AND id = asked.id
  OFFSET 0
) AS found;

-- user_find_by_name
WITH asked AS (
  SELECT environment_id, username_key, n::int
  FROM unnest($1::text[], $2::text[])
       WITH ORDINALITY AS call(environment_id, username_key, n)
)
SELECT asked.n, found.*
FROM asked
CROSS JOIN LATERAL (
  SELECT id, username, status, claims, password_changed_at, must_change_password, password_hash
  FROM directory_user
  WHERE environment_id = asked.environment_id AND username_key = asked.username_key
  OFFSET 0
) AS found;

-- user_register
INSERT INTO directory_user
  (environment_id, id, username, username_key, status, claims, password_hash, password_changed_at, must_change_password,
   email_key)
SELECT id, gen_random_uuid()::text, $2, $3, 'unverified', $4::jsonb, $5, clock_timestamp(), false, $6
FROM environment
WHERE id = $1 AND NOT EXISTS (
  SELECT 1 FROM directory_user
  WHERE environment_id = $1 AND (username_key = $6 OR email_key = $3)
)
ON CONFLICT (environment_id, username_key) DO NOTHING
RETURNING id, username, status, claims, password_changed_at, must_change_password;

-- user_set_password
UPDATE directory_user
SET password_hash = $3, password_changed_at = clock_timestamp(), must_change_password = false,
    updated_at = clock_timestamp()
WHERE environment_id = $1 AND id = $2;

-- user_verify
UPDATE directory_user
SET status = 'active', claims = claims || '{"email_verified": true}', updated_at = clock_timestamp()
WHERE environment_id = $1 AND id = $2 AND status = 'unverified';
