-- What a team's own grant had spent: an artifact that only the grant knows, and what came of it. The id is made of the day it
-- ends and a hash; each has a second row, for the day after, so that it is found where its end is said a little differently next
-- time. Expand only: a version that does not know it makes its partitions as well.
CREATE TABLE "spent_artifact" (
    "id" UUID NOT NULL,
    "environment_id" TEXT NOT NULL,
    "authorization_id" UUID NOT NULL,
    "spent_at" TIMESTAMPTZ(6) NOT NULL DEFAULT now(),

    CONSTRAINT "spent_artifact_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

CREATE OR REPLACE FUNCTION grantway_partitioned_tables() RETURNS TABLE (table_name text, days_ahead int, days_kept int) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('authorization_code', 0, 0), ('flow', 0, 0), ('pushed_request', 0, 0), ('device_authorization', 0, 0),
           ('backchannel_request', 0, 0), ('opaque_access_token', 0, 31), ('revoked_token', 31, 0), ('used_jwt', 1, 0),
           ('spent_artifact', 2, 0)
$$;

SELECT grantway_ensure_partitions(3);
