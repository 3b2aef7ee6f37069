import { parseArgs } from 'node:util';
import { type AuditEventName, isAuditEventName } from '@grantway/domain';
import { BadInput } from './hash.command.js';
import { WrongCall } from './service-account.args.js';

export const AUDIT_ARGUMENT =
  'ENVIRONMENT [--client ID] [--user ID|NAME] [--event NAME] [--outcome OUTCOME] [--since 1h] [--limit N] [--follow] [--json]';
const USAGE = `npm run grantway -- audit ${AUDIT_ARGUMENT}`;

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DEFAULT_SINCE = '7d';
const DEFAULT_LIMIT = 100;
const MOST = 100_000;

export interface AuditCall {
  readonly environmentId: string;
  readonly client?: string;
  readonly user?: string;
  readonly event?: AuditEventName;
  readonly outcome?: string;
  readonly since: Date;
  readonly limit: number;
  readonly follow: boolean;
  readonly json: boolean;
}

/**
 * @throws WrongCall when it is not called so
 * @throws BadInput for an event there is not, or a time that is none
 */
export function readAuditCall(args: readonly string[], now = Date.now()): AuditCall {
  const { values, positionals } = parsed(args);
  const [environmentId, ...more] = positionals;
  if (!environmentId || more.length > 0) throw new WrongCall(USAGE);
  const { client, user, event, outcome } = values;
  if (event !== undefined && !isAuditEventName(event)) {
    throw new BadInput(`there is no event ${JSON.stringify(event.slice(0, 64))}: docs/audit.md lists them`);
  }
  return {
    environmentId,
    ...(client !== undefined && { client }),
    ...(user !== undefined && { user }),
    ...(event !== undefined && { event }),
    ...(outcome !== undefined && { outcome }),
    since: sinceOf(values.since ?? DEFAULT_SINCE, now),
    limit: limitOf(values.limit),
    follow: values.follow === true,
    json: values.json === true,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{ client: text, user: text, event: text, outcome: text, since: text, limit: text },
    ...{ follow: flag, json: flag },
  };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch {
    throw new WrongCall(USAGE);
  }
}

function sinceOf(text: string, now: number): Date {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const moment = count && unit ? now - Number(count) * UNITS[unit as keyof typeof UNITS] : Date.parse(text);
  if (Number.isNaN(moment))
    throw new BadInput('--since takes a while (30m, 1h, 7d) or a moment (2026-11-21T12:00:00Z)');
  return new Date(Math.max(0, moment));
}

function limitOf(text = String(DEFAULT_LIMIT)): number {
  const limit = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST) throw new WrongCall(`--limit takes a whole number from 1 to ${MOST}`);
  return limit;
}
