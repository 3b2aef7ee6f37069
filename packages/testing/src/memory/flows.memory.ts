import { randomBytes } from 'node:crypto';
import {
  type Consents,
  type Flow,
  type FlowAndSession,
  type FlowStatus,
  type FlowStep,
  Flows,
  type NewFlow,
  type NewlySignedOn,
  type Sessions,
  type SignOnStep,
  unpackId,
} from '@grantway/domain';
import type { TestClock } from './test-clock.js';

type StoredFlow = Omit<Flow, 'expiresAt'>;
interface Row {
  flow: StoredFlow;
  expiresAt: number;
}

export class MemoryFlows extends Flows {
  readonly #rows = new Map<string, Row>();

  constructor(
    private readonly clock: TestClock,
    private readonly sessions: Sessions,
    private readonly consents: () => Consents,
  ) {
    super();
  }

  async begin({ lifetime, ...begun }: NewFlow): Promise<string> {
    const id = unpackId(randomBytes(16).toString('base64url')) as string;
    const expiresAt = this.clock.after(lifetime);
    this.#rows.set(id, { flow: { ...begun, id, createdAt: this.clock.date(), resumed: false }, expiresAt });
    return id;
  }

  async find(environmentId: string, id: string): Promise<Flow | undefined> {
    return toFlow(this.#live(environmentId, id));
  }

  async findWithSession(
    environmentId: string,
    id: string,
    cookie: string | undefined,
    idle: number,
  ): Promise<FlowAndSession | undefined> {
    const flow = await this.find(environmentId, id);
    const session = flow && cookie !== undefined ? await this.sessions.find(environmentId, cookie, idle) : undefined;
    return flow && { flow, ...(session && { session }) };
  }

  async advance(environmentId: string, id: string, from: FlowStatus, step: FlowStep): Promise<boolean> {
    const row = this.#live(environmentId, id);
    if (!row || row.flow.resumed || row.flow.status !== from) return false;
    const { to, signedOn, lifetime, forget, consent, ...reached } = step;
    const { sessionId: _session, userId: _user, signedOnAt: _when, ...anybodys } = row.flow;
    row.flow = {
      ...(forget ? anybodys : row.flow),
      ...reached,
      status: to,
      ...(signedOn && { signedOnAt: this.clock.date() }),
    };
    row.expiresAt = this.clock.after(lifetime);
    if (consent) await this.consents().remember(environmentId, consent.userId, consent.clientId, consent.scope);
    return true;
  }

  async signOn(
    environmentId: string,
    id: string,
    from: FlowStatus,
    { session: wanted, replaces, ...step }: SignOnStep,
  ): Promise<NewlySignedOn | undefined> {
    const made = await this.sessions.create(wanted);
    const moved = await this.advance(environmentId, id, from, {
      ...{ ...step, sessionId: made.session.id, userId: wanted.userId },
    });
    const useless = moved ? replaces : made.session.id;
    if (useless !== undefined) await this.sessions.end(environmentId, useless);
    return moved ? made : undefined;
  }

  async resume(environmentId: string, id: string): Promise<Flow | undefined> {
    const row = this.#live(environmentId, id);
    const finished = row?.flow.status === 'COMPLETED' || row?.flow.status === 'FAILED';
    if (!row || !finished || row.flow.resumed) return undefined;
    row.flow = { ...row.flow, resumed: true };
    return toFlow(row);
  }

  #live(environmentId: string, id: string): Row | undefined {
    const row = this.#rows.get(id);
    return row && row.flow.environmentId === environmentId && row.expiresAt > this.clock.now() ? row : undefined;
  }
}

function toFlow(row: Row | undefined): Flow | undefined {
  return row && { ...row.flow, expiresAt: new Date(row.expiresAt) };
}
