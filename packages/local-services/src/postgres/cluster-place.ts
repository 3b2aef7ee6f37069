import { existsSync } from 'node:fs';
import { LocalServiceError } from '../local-service-error.js';
import { canReach, type SystemUser } from './system-user.js';

/** How PostgreSQL's programs are told where a cluster lies: spawn options, and the value of `-D`. */
export interface ClusterPlace {
  readonly argument: string;
  readonly spawn: { readonly cwd: string; readonly uid?: number; readonly gid?: number };
}

/**
 * The place of a data directory that exists and belongs to `user`.
 *
 * A clone below /root (0700) can't be entered by the database's account. The working directory can: it is set while we
 * are still root, and /proc/self/cwd leads back to it without passing the closed parents.
 *
 * @throws LocalServiceError where the directory is closed and there is no /proc
 */
export function clusterPlace(dataDir: string, user: SystemUser | undefined): ClusterPlace {
  if (!user) return { argument: dataDir, spawn: { cwd: dataDir } };
  const spawn = { cwd: dataDir, ...user };
  if (canReach(user, dataDir)) return { argument: dataDir, spawn };
  if (existsSync('/proc/self/cwd')) return { argument: '/proc/self/cwd', spawn };
  throw new LocalServiceError(
    `PostgreSQL runs as another user than root, and that user can't enter ${dataDir}: choose a directory everybody may enter, or set DATABASE_URL.`,
  );
}
