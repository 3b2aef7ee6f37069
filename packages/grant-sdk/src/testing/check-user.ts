import { OAuthError } from '@grantway/protocol';
import type { Issuance } from '../issuance.js';
import type { KnownUsers } from './test-users.js';

/**
 * X14, RT-10: locked, deleted or with another password since, a user gets nothing more.
 * @throws OAuthError invalid_grant
 */
export async function checkUser(users: KnownUsers, environmentId: string, issuance: Issuance): Promise<void> {
  const { subject, authentication } = issuance.authorization;
  if (subject.kind !== 'user') return;
  const user = await users.find(environmentId, subject.id);
  if (user?.status !== 'active') throw gone(user?.status ?? 'unknown');
  if (user.mustChangePassword) throw gone('password_expired');
  if (authentication && user.passwordChangedAt > authentication.time) throw gone('password_changed');
}

function gone(why: string): OAuthError {
  return new OAuthError('invalid_grant', { reason: `subject.${why}` });
}
