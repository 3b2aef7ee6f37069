import { type AuditEvent, AuditEvents, type AuditQuery, auditEventTime } from '@grantway/domain';

export class MemoryAuditEvents extends AuditEvents {
  readonly #events = new Map<string, AuditEvent>();
  readonly #waiting = new Set<string>();
  #followed = false;
  #isBusy = false;

  async record(events: readonly AuditEvent[]): Promise<void> {
    for (const event of events) {
      if (this.#events.has(event.id)) continue;
      this.#events.set(event.id, event);
      if (this.#followed) this.#waiting.add(event.id);
    }
  }

  async read(query: AuditQuery): Promise<readonly AuditEvent[]> {
    return this.#sorted(this.#events.values())
      .filter((event) => fits(event, query))
      .reverse()
      .slice(0, query.limit);
  }

  async follow(followed: boolean): Promise<void> {
    this.#followed = followed;
    if (!followed) this.#waiting.clear();
  }

  async handOn(most: number, take: (events: readonly AuditEvent[]) => Promise<void>): Promise<number | undefined> {
    if (this.#isBusy) return undefined;
    this.#isBusy = true;
    try {
      const waiting = [...this.#waiting].flatMap((id) => this.#events.get(id) ?? []);
      const events = this.#sorted(waiting).slice(0, most);
      if (events.length > 0) await take(events);
      for (const { id } of events) this.#waiting.delete(id);
      return events.length;
    } finally {
      this.#isBusy = false;
    }
  }

  #sorted(events: Iterable<AuditEvent>): AuditEvent[] {
    return [...events].sort((one, other) => (one.id < other.id ? -1 : 1));
  }
}

function fits(event: AuditEvent, { since, before, outcome, ...query }: AuditQuery): boolean {
  if (event.environmentId !== query.environmentId) return false;
  if (before !== undefined && event.id >= before) return false;
  if (since && auditEventTime(event) < since) return false;
  if (outcome === 'refused' ? event.outcome === 'ok' : outcome !== undefined && event.outcome !== outcome) return false;
  return [
    [query.clientId, event.clientId],
    [query.sub, event.sub],
    [query.event, event.event],
  ].every(([asked, is]) => asked === undefined || asked === is);
}
