import type { Authentication, Authorization, SubjectKind } from '@grantway/domain';
import { ScopeSet } from '@grantway/protocol';

/** What was allowed, in the columns a code and the authorization it becomes have in common. */
export interface AuthorizationRow {
  readonly subject_kind: SubjectKind;
  readonly subject_id: string;
  readonly scope: string[];
  readonly resources: string[];
  readonly auth_time: Date | null;
  readonly acr: string | null;
  readonly amr: string[] | null;
  readonly session_id: string | null;
}

export const AUTHORIZATION_COLUMNS = authorizationColumns('scope');

/** @param scope the column that holds it */
export function authorizationColumns(scope: string): string {
  return `subject_kind, subject_id, ${scope}, resources, auth_time, acr, amr, session_id`;
}

/**
 * SQL: whether the session of this id has not been signed off. As one value it is looked up for each row; an `EXISTS` asked for many
 * rows PostgreSQL may turn into a reading of all sessions.
 *
 * @param unknown what holds where there is no such session
 */
export function sessionStands(id: string, unknown = true): string {
  return `COALESCE((SELECT session.ended_at IS NULL FROM session WHERE session.id = ${id}), ${unknown})`;
}

/** In the order of {@link AUTHORIZATION_COLUMNS}. */
export function authorizationValues({ subject, scope, resources, authentication }: Authorization): unknown[] {
  return [
    subject.kind,
    subject.id,
    scope.toArray(),
    [...resources],
    authentication?.time ?? null,
    authentication?.acr ?? null,
    authentication ? [...authentication.amr] : null,
    authentication?.sessionId ?? null,
  ];
}

export function toAuthorization(row: AuthorizationRow): Authorization {
  const authentication = toAuthentication(row);
  return {
    subject: { kind: row.subject_kind, id: row.subject_id },
    scope: ScopeSet.from(row.scope),
    resources: row.resources,
    ...(authentication && { authentication }),
  };
}

function toAuthentication({ auth_time, acr, amr, session_id }: AuthorizationRow): Authentication | undefined {
  if (auth_time === null || acr === null || amr === null) return undefined;
  return { time: auth_time, acr, amr, ...(session_id !== null && { sessionId: session_id }) };
}
