import type { NewAuthorization } from '@grantway/domain';
import { AUTHORIZATION_COLUMNS, authorizationValues } from './authorization-columns.js';

/** What is known of an authorization before it is recorded, by the names it has in `asked`; see {@link recordValues}. */
export const RECORD_ASKED = {
  ...{ id: 'uuid', environment_id: 'text', client_id: 'text', subject_kind: 'text', subject_id: 'text' },
  ...{ scope: 'text[]', resources: 'text[]', auth_time: 'timestamptz', acr: 'text', amr: 'text[]', session_id: 'uuid' },
  ...{ offline: 'boolean', generation: 'int', salt: 'bytea', idle: 'float8', absolute: 'float8' },
};

export const RECORD_COLUMNS = `id, environment_id, client_id,
       ${AUTHORIZATION_COLUMNS},
       offline, generation, salt, rotated_at, idle_expires_at, absolute_expires_at`;

/** In the order of {@link RECORD_COLUMNS}, from `asked`. */
export const RECORD_VALUES = `asked.id, environment_id, client_id,
       ${AUTHORIZATION_COLUMNS},
       offline, generation, salt, CASE WHEN generation IS NOT NULL THEN now() END,
       now() + make_interval(secs => LEAST(idle, absolute)),
       now() + make_interval(secs => absolute)`;

/** In the order of {@link RECORD_ASKED}. */
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
