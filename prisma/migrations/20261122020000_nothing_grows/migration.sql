-- What ends by itself and is not cut by day is removed by the janitor (packages/persistence/adr/0006). It finds by `look_at` what
-- may be over; nothing but the janitor writes that column after the insert, so rotation and the session's idle limit stay HOT.
-- Expand only: the version before inserts without naming the column, and both defaults are no sooner than a row can be removed.
--
-- Every statement may have been done before, because an index of a large table is better made without keeping writers waiting: add
-- the columns by hand, then the indexes with CREATE INDEX CONCURRENTLY, then migrate.
ALTER TABLE "authorization_record" ADD COLUMN IF NOT EXISTS "look_at" TIMESTAMPTZ(6) NOT NULL DEFAULT (now() + interval '2 days');
ALTER TABLE "session" ADD COLUMN IF NOT EXISTS "look_at" TIMESTAMPTZ(6) NOT NULL DEFAULT (now() + interval '4 days');

-- With the id, so that a batch begins where the one before it ended, however many rows have one `look_at`.
CREATE INDEX IF NOT EXISTS "authorization_record_look_at" ON "authorization_record"("look_at", "id");
CREATE INDEX IF NOT EXISTS "session_look_at" ON "session"("look_at", "id");

-- What still needs a row: an authorization those derived from it, an expired session those that end with its sign-off. Of each the
-- last `look_at` is one probe.
CREATE INDEX IF NOT EXISTS "authorization_record_derived_from" ON "authorization_record"("derived_from", "look_at")
    WHERE "derived_from" IS NOT NULL;
CREATE INDEX IF NOT EXISTS "authorization_record_session" ON "authorization_record"("session_id", "look_at")
    WHERE "session_id" IS NOT NULL AND NOT "offline" AND "derived_from" IS NULL;

-- A sweep of counters reads those that are over, not all.
CREATE INDEX IF NOT EXISTS "attempt_counter_expire" ON "attempt_counter"("expire");

-- The longest an access or ID token of an environment lives, in seconds; never lowered, because those issued before a lifetime was
-- shortened live on. A day is the most that anything but a resource may say.
ALTER TABLE "environment" ADD COLUMN IF NOT EXISTS "longest_token" INTEGER NOT NULL DEFAULT 86400;

CREATE OR REPLACE FUNCTION grantway_note_longest_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE environment SET longest_token = NEW.access_token_lifetime
    WHERE id = NEW.environment_id AND longest_token < NEW.access_token_lifetime;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER "resource_longest_token" AFTER INSERT OR UPDATE OF "access_token_lifetime" ON "resource"
    FOR EACH ROW WHEN (NEW.access_token_lifetime > 86400) EXECUTE FUNCTION grantway_note_longest_token();
CREATE OR REPLACE TRIGGER "client_longest_token" AFTER INSERT OR UPDATE OF "access_token_lifetime" ON "client"
    FOR EACH ROW WHEN (NEW.access_token_lifetime > 86400) EXECUTE FUNCTION grantway_note_longest_token();

UPDATE "environment" SET "longest_token" = longest.seconds
FROM (SELECT "environment_id", max("access_token_lifetime") AS seconds FROM "resource" GROUP BY 1) AS longest
WHERE longest.environment_id = "environment"."id" AND longest.seconds > "longest_token";
