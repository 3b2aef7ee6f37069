import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvents, AuditQuery } from '@grantway/domain';
import { AUDIT_ARGUMENT, type AuditCall } from './audit.args.js';
import type { Command } from './command.js';

/** Milliseconds. */
const EVERY = 1_000;
/** Milliseconds; whoever looks for one client among many waits rather than be told nothing. */
const PATIENCE = 60_000;

type Say = (line: string) => void;

/** Who did what, which client, and why it was refused; of one environment. */
export const AUDIT: Command = {
  name: 'audit',
  argument: AUDIT_ARGUMENT,
  meaning: 'read what happened in an environment',
  details: [
    '--client, --user   whom it was about; a user by id or by name',
    '--event            one of those in docs/audit.md, such as user.sign_on',
    '--outcome          ok, refused (everything else), or the code it was refused with',
    '--since            a while (30m, 1h, 7d) or a moment (2026-11-21T12:00:00Z); default 7d',
    '--limit            the newest so many; default 100',
    '--follow           go on with what comes, until stopped',
    '--json             a JSON object a line, for programs',
  ],
  many: true,
  async run(_argument, env, say, args = []) {
    const { readAuditCall } = await import('./audit.args.js');
    const call = readAuditCall(args);
    const { findDatabaseUrl } = await import('../installation.js');
    const { Database, LocalUserDirectory, PostgresAuditEvents } = await import('@grantway/persistence');
    const url = await findDatabaseUrl(env);
    const database = new Database({ url, poolSize: 1, statementTimeout: PATIENCE });
    try {
      const user = call.user === undefined ? undefined : await userIdOf(call, new LocalUserDirectory(database));
      await show(call, user, new PostgresAuditEvents(database), say);
    } finally {
      await database.close();
    }
  },
};

interface Directory {
  findByUsername(environmentId: string, username: string): Promise<{ readonly id: string } | undefined>;
}

/** One who is not there any more, or never was a user, is asked for as they were called. */
async function userIdOf({ environmentId, user = '' }: AuditCall, users: Directory): Promise<string> {
  return (await users.findByUsername(environmentId, user))?.id ?? user;
}

async function show(call: AuditCall, sub: string | undefined, audit: AuditEvents, say: Say): Promise<void> {
  const { jsonOf, lineOf } = await import('./audit.lines.js');
  const { Following, newest } = await import('./audit.reading.js');
  const { environmentId, client, event, outcome, since, limit } = call;
  const query: Omit<AuditQuery, 'limit' | 'since'> = {
    environmentId,
    ...(client !== undefined && { clientId: client }),
    ...(sub !== undefined && { sub }),
    ...(event !== undefined && { event }),
    ...(outcome !== undefined && { outcome }),
  };
  const shown = call.json ? jsonOf : lineOf;
  const following = Date.now();
  const events = await newest(audit, { ...query, since, limit });
  for (const each of events) say(shown(each));
  if (events.length === 0 && !call.follow && !call.json)
    process.stderr.write(`no such events since ${since.toISOString()}\n`);
  if (!call.follow) return;
  const next = new Following(audit, query, events, following);
  for (;;) {
    await sleep(EVERY);
    for (const each of await next.next()) say(shown(each));
  }
}
