-- What happened, kept for a while (packages/persistence/adr/0007): who did what, for which client, why it was refused. No secret. The
-- moment is in the id. Expand only: the version before neither writes nor reads it.
CREATE TABLE "audit_event" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "client_id" TEXT,
    "sub" TEXT,
    "actor" TEXT,
    "ip" TEXT,
    "request_id" TEXT,
    "grant_type" TEXT,
    "scope" TEXT,
    "authorization_id" UUID,
    "session_id" UUID,
    "detail" JSONB,

    -- One index says that an event is there, and serves reading an environment in the order of time.
    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("environment_id", "id")
) PARTITION BY RANGE ("id");
-- What happened to one person is asked for years of other people's events later. Clients' own tokens have no person.
CREATE INDEX "audit_event_sub" ON "audit_event"("environment_id", "sub", "id") WHERE "sub" IS NOT NULL;

-- Events that are still to be handed on to the stream. Empty unless somebody follows.
CREATE TABLE "audit_outbox" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,

    CONSTRAINT "audit_outbox_pkey" PRIMARY KEY ("id")
);
-- A row while events are handed on.
CREATE TABLE "audit_follower" (
    "name" TEXT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),

    CONSTRAINT "audit_follower_pkey" PRIMARY KEY ("name")
);

-- The moment of a UUIDv7, for whoever reads the table by hand.
CREATE FUNCTION grantway_uuid_time(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0)
$$;

-- As before, and the audit events: the general care makes their partitions and leaves dropping them to the function below, which
-- is told for how long they are kept.
CREATE OR REPLACE FUNCTION grantway_partitioned_tables() RETURNS TABLE (table_name text, days_ahead int, days_kept int) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('authorization_code', 0, 0), ('flow', 0, 0), ('pushed_request', 0, 0), ('device_authorization', 0, 0),
           ('backchannel_request', 0, 0), ('opaque_access_token', 0, 31), ('revoked_token', 31, 0), ('used_jwt', 1, 0),
           ('spent_artifact', 2, 0), ('audit_event', 0, 100000)
$$;

-- Drops the partitions of audit events that are older than `days_kept`, and what was still to be handed on of them.
CREATE FUNCTION grantway_drop_audit(days_kept int) RETURNS int LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
DECLARE
    part text;
    dropped int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('grantway_partitions'));
    FOR part IN
        SELECT child.relname
        FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'audit_event'::regclass
          AND child.relname ~ '_p[0-9]{8}$'
          AND ((to_date(right(child.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC')
              < now() - make_interval(days => grantway_drop_audit.days_kept)
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    IF dropped > 0 THEN
        DELETE FROM audit_outbox
        WHERE id < grantway_uuid_floor(date_trunc('day', now() - make_interval(days => grantway_drop_audit.days_kept), 'UTC'));
    END IF;
    RETURN dropped;
END
$$;

SELECT grantway_ensure_partitions(3);
