import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where packages of PostgreSQL put all programs of one version. */
const PLACES = ['/usr/lib/postgresql', '/usr/pgsql', '/opt/homebrew/opt', '/usr/local/opt'];
/** What a backup needs, and a cluster that is as old as the `pg_dump` at hand. */
const NEEDED = ['pg_dump', 'pg_restore', 'psql', 'initdb', 'postgres'];

/**
 * The folder of PostgreSQL's own programs, which an embedded PostgreSQL comes without: the newest there is, POSTGRES_BIN before all;
 * undefined when there is none.
 */
export function findPostgresPrograms(env = process.env) {
  const hasAll = (folder) => NEEDED.every((name) => existsSync(join(folder, name)));
  if (env.POSTGRES_BIN) return hasAll(env.POSTGRES_BIN) ? env.POSTGRES_BIN : undefined;
  return PLACES.filter(existsSync)
    .flatMap((place) => readdirSync(place).map((name) => join(place, name, 'bin')))
    .concat((env.PATH ?? '').split(':'))
    .filter(hasAll)
    .map((folder) => ({ folder, major: majorOf(join(folder, 'pg_dump')) }))
    .sort((one, other) => other.major - one.major)[0]?.folder;
}

function majorOf(program) {
  return Number(/\d+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[0]);
}
