import { userInfo } from 'node:os';
import { type AuditEvent, type AuditEventName, auditEventId } from '@grantway/domain';

/** Who called, for audit events: what they say of themselves, else whom the system takes them for. */
export function administratorOf(env: NodeJS.ProcessEnv): string {
  return env['GRANTWAY_OPERATOR'] || env['SUDO_USER'] || systemUser();
}

/** What an administrator did; written at once, not gathered. */
export function administrated(
  event: AuditEventName,
  environmentId: string,
  actor: string,
  more: Pick<AuditEvent, 'clientId' | 'sub' | 'detail'> = {},
): AuditEvent {
  return { id: auditEventId(Date.now()), environmentId, event, outcome: 'ok', actor, ...more };
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // A container's user may have no name.
  }
}
