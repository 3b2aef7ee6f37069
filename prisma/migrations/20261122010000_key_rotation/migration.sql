-- Keys are rotated by schedule (packages/token-signing/adr/0002). Expand only: the version before neither reads nor writes these.

-- AlterTable
ALTER TABLE "signing_key" ADD COLUMN     "keep_until" TIMESTAMPTZ(6),
ADD COLUMN     "scheduled" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex: however many replicas announce the next key at once, one of them does. By command there may be more.
CREATE UNIQUE INDEX "signing_key_one_scheduled" ON "signing_key"("environment_id", "algorithm") WHERE "state" = 'announced' AND "scheduled";

-- CreateIndex: retired keys are kept for the record, and no request looks at them.
CREATE INDEX "signing_key_in_use" ON "signing_key"("environment_id") WHERE "state" <> 'retired';

-- What was signed before this was remembered: 30 days is the most an access token may live, 1826 a service token.
UPDATE "signing_key" k
SET "keep_until" = now() + CASE
    WHEN k."algorithm" = 'ES256' AND EXISTS (
        SELECT 1 FROM "service_account" a WHERE a."environment_id" = k."environment_id" AND a."jti_hash" IS NOT NULL
    ) THEN interval '1827 days' ELSE interval '31 days' END
WHERE k."state" IN ('active', 'retiring');
