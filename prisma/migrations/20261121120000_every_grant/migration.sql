-- Configuration of the grants beside the first three.
ALTER TABLE "environment"
    ADD COLUMN "par" TEXT NOT NULL DEFAULT 'optional',
    ADD COLUMN "outbound" JSONB NOT NULL DEFAULT '{"privateAddresses": false}',
    ADD COLUMN "user_code" JSONB NOT NULL DEFAULT '{"characters": "consonants", "length": 8}',
    ADD COLUMN "accounts" JSONB NOT NULL DEFAULT '{"recovery": false, "registration": false}';
-- Lifetimes an environment written by the version before does not name.
UPDATE "environment" SET "lifetimes" = '{"par": 60, "deviceCode": 600, "deviceInterval": 5, "backchannel": 300, "backchannelMost": 600, "backchannelInterval": 5, "oneTimeCode": 300}'::jsonb || "lifetimes";

ALTER TABLE "client"
    ADD COLUMN "post_logout_redirect_uris" TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN "keys" JSONB,
    ADD COLUMN "sealed_secret" TEXT,
    ADD COLUMN "par" JSONB NOT NULL DEFAULT '{"required": false}',
    ADD COLUMN "request_objects" TEXT NOT NULL DEFAULT 'optional',
    ADD COLUMN "device" JSONB NOT NULL DEFAULT '{"refresh": false}',
    ADD COLUMN "backchannel" JSONB NOT NULL DEFAULT '{"delivery": "poll", "userCode": false, "signedRequests": false}',
    ADD COLUMN "exchange" JSONB NOT NULL DEFAULT '{"impersonation": false}';
UPDATE "client" SET "legacy" = '{"assertionAudience": false}'::jsonb || "legacy";
-- D10: a path id resolves one client.
CREATE UNIQUE INDEX "client_device_path" ON "client"("environment_id", (("device" ->> 'pathId'))) WHERE "device" ? 'pathId';

ALTER TABLE "resource"
    ADD COLUMN "access_token_format" TEXT NOT NULL DEFAULT 'jwt',
    ADD COLUMN "access_token_algorithm" TEXT,
    ADD COLUMN "introspection_secret_hashes" TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN "may_act" JSONB;

ALTER TABLE "directory_user"
    ADD COLUMN "must_change_password" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "user_code_hash" TEXT,
    ADD COLUMN "email_key" TEXT;
-- A name that is somebody else's address would be ambiguous (CVE-2024-1722). Compared as usernames are; the process makes the
-- keys, because lower() under collation C knows ASCII only. The next apply corrects what that misses here.
UPDATE "directory_user" SET "email_key" = lower("claims" ->> 'email') WHERE jsonb_typeof("claims" -> 'email') = 'string';
CREATE INDEX "directory_user_email" ON "directory_user"("environment_id", "email_key");

-- RFC 8693: what came of an exchanged token ends with what that token came of.
ALTER TABLE "authorization_record"
    ADD COLUMN "derived_from" UUID,
    ADD COLUMN "derivation_depth" INTEGER NOT NULL DEFAULT 0;

-- What a visit is for, and when it began. `request` stays until no process of the version before is left: it reads and writes
-- that column alone, so new rows fill both (expand; a later migration contracts).
ALTER TABLE "flow"
    ADD COLUMN "purpose" JSONB,
    ADD COLUMN "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "service_account" (
    "environment_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "enabled" BOOLEAN NOT NULL,
    "client_id" TEXT NOT NULL,
    "scopes" TEXT[] NOT NULL,
    "bindings" TEXT[] NOT NULL,
    "version" SERIAL NOT NULL,
    "jti_hash" BYTEA,
    "origin" TEXT NOT NULL DEFAULT 'api',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "service_account_pkey" PRIMARY KEY ("environment_id", "id"),
    CONSTRAINT "service_account_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TRIGGER "service_account_announce" AFTER INSERT OR UPDATE OR DELETE ON "service_account"
    FOR EACH ROW EXECUTE FUNCTION grantway_announce_config('environment_id');

-- CreateTable
CREATE TABLE "pushed_request" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "params" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "spent_at" TIMESTAMPTZ(6),

    CONSTRAINT "pushed_request_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "device_authorization" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "asked_scope" TEXT[] NOT NULL,
    "asked_resources" TEXT[] NOT NULL,
    "code_challenge" TEXT,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "interval" INTEGER NOT NULL,
    "next_poll_at" TIMESTAMPTZ(6),
    "decision" TEXT,
    "decided_at" TIMESTAMPTZ(6),
    "subject_kind" TEXT,
    "subject_id" TEXT,
    "scope" TEXT[],
    "resources" TEXT[],
    "auth_time" TIMESTAMPTZ(6),
    "acr" TEXT,
    "amr" TEXT[],
    "session_id" UUID,
    "spent_at" TIMESTAMPTZ(6),
    "authorization_id" UUID,

    CONSTRAINT "device_authorization_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- User codes that are being used: a table of its own, because uniqueness does not cross partitions. A decided code goes at
-- once, an expired one when the next comes, so it holds what is open and little more.
CREATE TABLE "device_user_code" (
    "environment_id" TEXT NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "device_authorization_id" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "device_user_code_pkey" PRIMARY KEY ("environment_id", "code_hash")
);
CREATE INDEX "device_user_code_client" ON "device_user_code"("environment_id", "client_id", "expires_at");
CREATE INDEX "device_user_code_expires_at" ON "device_user_code"("expires_at");
CREATE UNIQUE INDEX "device_user_code_authorization" ON "device_user_code"("device_authorization_id");

-- CreateTable
CREATE TABLE "backchannel_request" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "asked_scope" TEXT[] NOT NULL,
    "asked_resources" TEXT[] NOT NULL,
    "acr_values" TEXT[] NOT NULL,
    "binding_message" TEXT,
    "delivery" TEXT NOT NULL,
    "sealed_notification_token" TEXT,
    "sealed_auth_req_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "interval" INTEGER NOT NULL,
    "next_poll_at" TIMESTAMPTZ(6),
    "decision" TEXT,
    "decided_at" TIMESTAMPTZ(6),
    "subject_kind" TEXT,
    "subject_id" TEXT,
    "scope" TEXT[],
    "resources" TEXT[],
    "auth_time" TIMESTAMPTZ(6),
    "acr" TEXT,
    "amr" TEXT[],
    "session_id" UUID,
    "spent_at" TIMESTAMPTZ(6),
    "authorization_id" UUID,
    "notified_at" TIMESTAMPTZ(6),
    "given_up_at" TIMESTAMPTZ(6),
    "notification_attempts" INTEGER NOT NULL DEFAULT 0,
    "notification_trouble" TEXT,

    CONSTRAINT "backchannel_request_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");
CREATE INDEX "backchannel_request_user" ON "backchannel_request"("environment_id", "user_id", "expires_at") WHERE "decision" IS NULL;
CREATE INDEX "backchannel_request_client" ON "backchannel_request"("environment_id", "client_id", "expires_at") WHERE "decision" IS NULL;

-- CB-02: how many requests wait for a person, and of a client. One after the other for each person, and volatile, so that each
-- caller counts what the one before it started: nobody is asked more often because the requests came at once.
CREATE FUNCTION grantway_open_backchannel_requests(environment text, asked_user text, asking_client text, OUT of_user int, OUT of_client int)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('grantway_backchannel ' || environment || ' ' || asked_user, 0));
    SELECT count(*) INTO of_user FROM backchannel_request
    WHERE environment_id = environment AND user_id = asked_user AND decision IS NULL AND expires_at > now();
    SELECT count(*) INTO of_client FROM backchannel_request
    WHERE environment_id = environment AND client_id = asking_client AND decision IS NULL AND expires_at > now();
END
$$;

-- CreateTable
CREATE TABLE "opaque_access_token" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "claims" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "opaque_access_token_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- Their ids carry the time of expiry, not of creation, and a hash of what they stand for: what has expired is in a partition
-- that can go, and the primary key alone says whether something is there (design section 4.5).
CREATE TABLE "revoked_token" (
    "id" UUID NOT NULL,
    CONSTRAINT "revoked_token_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");
CREATE TABLE "used_jwt" (
    "id" UUID NOT NULL,
    CONSTRAINT "used_jwt_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- One live code per flow and purpose. An expired one goes when the next comes.
CREATE TABLE "one_time_code" (
    "environment_id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "flow_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "one_time_code_pkey" PRIMARY KEY ("environment_id", "purpose", "flow_id")
);
CREATE INDEX "one_time_code_expires_at" ON "one_time_code"("expires_at");

-- Which tables are cut by day, how far ahead rows may lie, and how long they are kept. `id` tells the day of creation, or of
-- expiry for the last two, which therefore need partitions as far ahead as the longest token lives (30 days).
DROP FUNCTION grantway_partitioned_tables();
CREATE FUNCTION grantway_partitioned_tables() RETURNS TABLE (table_name text, days_ahead int, days_kept int) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('authorization_code', 0, 0), ('flow', 0, 0), ('pushed_request', 0, 0), ('device_authorization', 0, 0),
           ('backchannel_request', 0, 0), ('opaque_access_token', 0, 31), ('revoked_token', 31, 0), ('used_jwt', 1, 0)
$$;

-- As before; each table adds its own days.
CREATE OR REPLACE FUNCTION grantway_ensure_partitions(days_ahead int) RETURNS int LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    base record;
    part text;
    day date;
    made int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('grantway_partitions'));
    FOR base IN SELECT * FROM grantway_partitioned_tables() LOOP
        FOR step IN -1..(grantway_ensure_partitions.days_ahead + base.days_ahead) LOOP
            day := today + step;
            part := base.table_name || '_p' || to_char(day, 'YYYYMMDD');
            CONTINUE WHEN to_regclass(quote_ident(part)) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) WITH (fillfactor = 80)', part, base.table_name);
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', base.table_name, part,
                grantway_uuid_floor(day::timestamp AT TIME ZONE 'UTC'),
                grantway_uuid_floor((day + 1)::timestamp AT TIME ZONE 'UTC'));
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;

CREATE OR REPLACE FUNCTION grantway_drop_partitions(keep interval) RETURNS int LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
DECLARE
    part text;
    dropped int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('grantway_partitions'));
    FOR part IN
        SELECT child.relname
        FROM grantway_partitioned_tables() base
        JOIN pg_inherits ON inhparent = to_regclass(quote_ident(base.table_name))
        JOIN pg_class child ON child.oid = inhrelid
        WHERE child.relname ~ '_p[0-9]{8}$'
          AND ((to_date(right(child.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC')
              < now() - keep - make_interval(days => base.days_kept)
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

SELECT grantway_ensure_partitions(3);
