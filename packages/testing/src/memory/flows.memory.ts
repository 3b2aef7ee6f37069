import { randomBytes } from 'node:crypto';
import { type Flow, type FlowStatus, type FlowStep, Flows, type NewFlow, unpackId } from '@grantway/domain';
import type { TestClock } from './test-clock.js';

export class MemoryFlows extends Flows {
  readonly #rows = new Map<string, { flow: Flow; expiresAt: number }>();

  constructor(private readonly clock: TestClock) {
    super();
  }

  async begin({ lifetime, ...begun }: NewFlow): Promise<string> {
    const id = unpackId(randomBytes(16).toString('base64url')) as string;
    this.#rows.set(id, { flow: { ...begun, id, resumed: false }, expiresAt: this.clock.after(lifetime) });
    return id;
  }

  async find(environmentId: string, id: string): Promise<Flow | undefined> {
    return this.#live(environmentId, id)?.flow;
  }

  async advance(environmentId: string, id: string, from: FlowStatus, step: FlowStep): Promise<boolean> {
    const row = this.#live(environmentId, id);
    if (!row || row.flow.resumed || row.flow.status !== from) return false;
    const { to, signedOn, lifetime, ...reached } = step;
    row.flow = { ...row.flow, ...reached, status: to, ...(signedOn && { signedOnAt: this.clock.date() }) };
    row.expiresAt = this.clock.after(lifetime);
    return true;
  }

  async resume(environmentId: string, id: string): Promise<Flow | undefined> {
    const row = this.#live(environmentId, id);
    const finished = row?.flow.status === 'COMPLETED' || row?.flow.status === 'FAILED';
    if (!row || !finished || row.flow.resumed) return undefined;
    row.flow = { ...row.flow, resumed: true };
    return row.flow;
  }

  #live(environmentId: string, id: string): { flow: Flow; expiresAt: number } | undefined {
    const row = this.#rows.get(id);
    return row && row.flow.environmentId === environmentId && row.expiresAt > this.clock.now() ? row : undefined;
  }
}
