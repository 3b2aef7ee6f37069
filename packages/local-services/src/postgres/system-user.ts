import { spawnSync } from 'node:child_process';
import { LocalServiceError } from '../local-service-error.js';

/** The account PostgreSQL runs under when we are root: it refuses to run as root itself. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The `postgres` account, made if it is missing; undefined when we are not root and the database simply runs as us.
 *
 * @throws LocalServiceError when the account can't be made
 */
export function databaseUser(name = 'postgres'): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = lookUp(name);
  if (known) return known;
  // A group of that name may exist alone; then the account joins it.
  spawnSync('groupadd', ['--system', name]);
  const { error, stderr } = spawnSync(
    'useradd',
    ['--system', '--gid', name, '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', name],
    { encoding: 'utf8' },
  );
  const made = lookUp(name);
  if (made) return made;
  const why = (error?.message ?? stderr ?? '').trim();
  throw new LocalServiceError(
    `PostgreSQL does not run as root, and the account "${name}" could not be made (${why}): create it, start as another user, or set DATABASE_URL.`,
  );
}

/** Whether `user` can look at `path`, every directory above it included. Asked of the system, so ACLs count. */
export function canReach(user: SystemUser, path: string): boolean {
  return spawnSync('test', ['-x', path], { ...user, cwd: '/' }).status === 0;
}

function lookUp(name: string): SystemUser | undefined {
  const id = (flag: string) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  };
  const uid = id('-u');
  const gid = id('-g');
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}
