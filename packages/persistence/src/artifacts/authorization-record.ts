import type { NewAuthorization } from '@grantway/domain';
import { AUTHORIZATION_COLUMNS, authorizationValues } from './authorization-columns.js';

export const RECORD_COLUMNS = `
    (id, environment_id, client_id,
     ${AUTHORIZATION_COLUMNS},
     offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at)`;

/** In the order of {@link RECORD_COLUMNS}, from $1 on; the artifact to spend comes after. */
export const RECORD_VALUES = `$1::uuid, $2, $3, $4, $5, $6::text[], $7::text[], $8::timestamptz, $9, $10::text[], $11::uuid,
         $12::boolean, $13::int, $14::bytea, CASE WHEN $13::int IS NOT NULL THEN now() END,
         now() + make_interval(secs => LEAST($15::float8, $16::float8)),
         now() + make_interval(secs => $16::float8)`;

/** In the order of {@link RECORD_COLUMNS}. */
export function recordValues(
  id: string,
  { environmentId, clientId, authorization, offline, family }: NewAuthorization,
): unknown[] {
  return [
    id,
    environmentId,
    clientId,
    ...authorizationValues(authorization),
    offline,
    family ? 0 : null,
    family?.salt ?? null,
    family?.idle ?? null,
    family?.absolute ?? null,
  ];
}
