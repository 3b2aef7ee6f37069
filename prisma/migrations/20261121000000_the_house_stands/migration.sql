-- CreateTable
CREATE TABLE "environment" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "grant_types" TEXT[] NOT NULL,
    "pkce" TEXT NOT NULL,
    "signing" JSONB NOT NULL,
    "lifetimes" JSONB NOT NULL,
    "password_change_ends_refresh" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "environment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "client" (
    "environment_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "auth_method" TEXT NOT NULL,
    "secret_hashes" TEXT[] NOT NULL,
    "grant_types" TEXT[] NOT NULL,
    "response_types" TEXT[] NOT NULL,
    "redirect_uris" TEXT[] NOT NULL,
    "allowed_origins" TEXT[] NOT NULL,
    "scopes" TEXT[] NOT NULL,
    "default_scopes" TEXT[] NOT NULL,
    "trusted" BOOLEAN NOT NULL,
    "pkce_required" BOOLEAN NOT NULL,
    "refresh" JSONB NOT NULL,
    "access_token_lifetime" INTEGER,
    "multiple_resources" BOOLEAN NOT NULL,
    "legacy" JSONB NOT NULL,
    "origin" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "client_pkey" PRIMARY KEY ("environment_id", "id")
);

-- CreateTable
CREATE TABLE "resource" (
    "environment_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "scopes" JSONB NOT NULL,
    "access_token_lifetime" INTEGER,
    "origin" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "resource_pkey" PRIMARY KEY ("environment_id", "name")
);

-- CreateTable
CREATE TABLE "directory_user" (
    "environment_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "username_key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "claims" JSONB NOT NULL,
    "password_hash" TEXT,
    "password_changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_user_pkey" PRIMARY KEY ("environment_id", "id")
);

-- CreateTable
-- Sliding the idle limit touches no index; the room left in each page keeps those updates HOT.
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "auth_time" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "acr" TEXT NOT NULL,
    "amr" TEXT[] NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "idle_expires_at" TIMESTAMPTZ(6) NOT NULL,
    "absolute_expires_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 80);

-- CreateTable
CREATE TABLE "flow" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "browser_hash" BYTEA NOT NULL,
    "session_id" UUID,
    "user_id" TEXT,
    "signed_on_at" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "resumed_at" TIMESTAMPTZ(6),

    CONSTRAINT "flow_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "authorization_code" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "scope" TEXT[] NOT NULL,
    "resources" TEXT[] NOT NULL,
    "auth_time" TIMESTAMPTZ(6),
    "acr" TEXT,
    "amr" TEXT[],
    "session_id" UUID,
    "redirect_uri" TEXT,
    "nonce" TEXT,
    "code_challenge" TEXT,
    "code_challenge_method" TEXT,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "spent_at" TIMESTAMPTZ(6),
    "authorization_id" UUID,

    CONSTRAINT "authorization_code_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- CreateTable
-- One row per authorization and its token family, rotated in place: see schema/authorization.prisma for what must stay
-- out of its indexes.
CREATE TABLE "authorization_record" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "scope" TEXT[] NOT NULL,
    "resources" TEXT[] NOT NULL,
    "auth_time" TIMESTAMPTZ(6),
    "acr" TEXT,
    "amr" TEXT[],
    "session_id" UUID,
    "offline" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(6),
    "generation" INTEGER,
    "salt" BYTEA,
    "rotated_at" TIMESTAMPTZ(6),
    "idle_expires_at" TIMESTAMPTZ(6),
    "absolute_expires_at" TIMESTAMPTZ(6),

    CONSTRAINT "authorization_record_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 80);

-- CreateTable
CREATE TABLE "consent" (
    "environment_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "scope" TEXT[] NOT NULL,
    "granted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "consent_pkey" PRIMARY KEY ("environment_id", "user_id", "client_id")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "environment_id" TEXT NOT NULL,
    "kid" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activated_at" TIMESTAMPTZ(6),
    "retiring_at" TIMESTAMPTZ(6),
    "retired_at" TIMESTAMPTZ(6),

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("environment_id", "kid")
);

-- CreateTable
CREATE TABLE "attempt_counter" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "attempt_counter_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "resource_environment_id_audience_key" ON "resource"("environment_id", "audience");

-- CreateIndex
CREATE UNIQUE INDEX "directory_user_environment_id_username_key_key" ON "directory_user"("environment_id", "username_key");

-- CreateIndex
CREATE INDEX "authorization_record_environment_id_client_id_subject_id_idx" ON "authorization_record"("environment_id", "client_id", "subject_id");

-- CreateIndex: however many replicas prepare a key at once, one of them becomes active.
CREATE UNIQUE INDEX "signing_key_one_active" ON "signing_key"("environment_id", "algorithm") WHERE "state" = 'active';

-- AddForeignKey
ALTER TABLE "client" ADD CONSTRAINT "client_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource" ADD CONSTRAINT "resource_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "directory_user" ADD CONSTRAINT "directory_user_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Configuration changes are announced by the transaction that makes them (packages/persistence/adr/0001).
-- The argument names the column that holds the environment's id.
CREATE FUNCTION grantway_announce_config() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        changed := to_jsonb(OLD);
    ELSE
        changed := to_jsonb(NEW);
    END IF;
    PERFORM pg_notify('grantway_config', changed ->> TG_ARGV[0]);
    RETURN NULL;
END
$$;

CREATE TRIGGER "environment_announce" AFTER INSERT OR UPDATE OR DELETE ON "environment"
    FOR EACH ROW EXECUTE FUNCTION grantway_announce_config('id');
CREATE TRIGGER "client_announce" AFTER INSERT OR UPDATE OR DELETE ON "client"
    FOR EACH ROW EXECUTE FUNCTION grantway_announce_config('environment_id');
CREATE TRIGGER "resource_announce" AFTER INSERT OR UPDATE OR DELETE ON "resource"
    FOR EACH ROW EXECUTE FUNCTION grantway_announce_config('environment_id');
CREATE TRIGGER "signing_key_announce" AFTER INSERT OR UPDATE OR DELETE ON "signing_key"
    FOR EACH ROW EXECUTE FUNCTION grantway_announce_config('environment_id');

-- The tables of short-lived rows, one partition a day (design section 4.5). A later migration that adds such a table
-- replaces this function and calls grantway_ensure_partitions.
CREATE FUNCTION grantway_partitioned_tables() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY['authorization_code', 'flow']
$$;

-- The smallest UUIDv7 of a moment: its first 48 bits are the milliseconds since 1970 (RFC 9562 section 5.7).
CREATE FUNCTION grantway_uuid_floor(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions from yesterday, for replicas whose clock is behind, to `days_ahead` days from now.
-- A partition is attached rather than created in place, because that does not lock the table against its readers.
CREATE FUNCTION grantway_ensure_partitions(days_ahead int) RETURNS int LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    base text;
    part text;
    day date;
    made int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('grantway_partitions'));
    FOREACH base IN ARRAY grantway_partitioned_tables() LOOP
        FOR step IN -1..days_ahead LOOP
            day := today + step;
            part := base || '_p' || to_char(day, 'YYYYMMDD');
            CONTINUE WHEN to_regclass(quote_ident(part)) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) WITH (fillfactor = 80)', part, base);
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', base, part,
                grantway_uuid_floor(day::timestamp AT TIME ZONE 'UTC'),
                grantway_uuid_floor((day + 1)::timestamp AT TIME ZONE 'UTC'));
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;

-- Drops the partitions whose last moment is longer ago than `keep`. A drop waits for running statements, and new ones
-- queue behind it: the lock timeout gives up before anybody notices, and the next round tries again.
CREATE FUNCTION grantway_drop_partitions(keep interval) RETURNS int LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
DECLARE
    part text;
    dropped int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('grantway_partitions'));
    FOR part IN
        SELECT child.relname
        FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = ANY (SELECT to_regclass(quote_ident(name)) FROM unnest(grantway_partitioned_tables()) name)
          AND child.relname ~ '_p[0-9]{8}$'
          AND ((to_date(right(child.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC') < now() - keep
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

SELECT grantway_ensure_partitions(3);
