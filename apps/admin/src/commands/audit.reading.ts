import type { AuditEvent, AuditEvents, AuditQuery } from '@grantway/domain';

const PAGE = 1_000;
/** Milliseconds. Events are written up to that late, while a database was away for instance; so much is looked at again each time. */
const LATE = 60_000;

/** The newest `limit` of what is asked for, the oldest of them first. */
export async function newest(audit: AuditEvents, { limit, ...query }: AuditQuery): Promise<AuditEvent[]> {
  const found: AuditEvent[] = [];
  while (found.length < limit) {
    const wanted = Math.min(PAGE, limit - found.length);
    const last = found.at(-1);
    const page = await audit.read({ ...query, limit: wanted, ...(last && { before: last.id }) });
    found.push(...page);
    if (page.length < wanted) break;
  }
  return found.reverse();
}

/** What came since the last time, whenever it is asked; each event once. */
export class Following {
  #seen = new Set<string>();

  constructor(
    private readonly audit: AuditEvents,
    private readonly query: Omit<AuditQuery, 'limit' | 'since' | 'before'>,
    shown: readonly AuditEvent[],
    private readonly started = Date.now(),
  ) {
    for (const { id } of shown) this.#seen.add(id);
  }

  async next(now = Date.now()): Promise<AuditEvent[]> {
    const since = new Date(Math.max(this.started, now - LATE));
    const events = await newest(this.audit, { ...this.query, since, limit: Number.MAX_SAFE_INTEGER });
    const fresh = events.filter(({ id }) => !this.#seen.has(id));
    // What is older than the window is not read again, so it need not be remembered.
    this.#seen = new Set(events.map(({ id }) => id));
    return fresh;
  }
}
