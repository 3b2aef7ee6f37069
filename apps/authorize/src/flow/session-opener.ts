import { CookieChange } from '@grantway/contracts';
import {
  FlowPurpose,
  FlowStatus,
  Flows,
  HandlePrefix,
  NewSession,
  parseHandle,
  Sessions,
  Standings,
  User,
} from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { Acr, Amr } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { FlowOutcome } from './flow-action.js';
import { Visit } from './visit.js';

/** Signs a person on who just proved with their password who they are, and moves the flow on. */
@Injectable()
export class SessionOpener {
  constructor(
    private readonly flows: Flows,
    private readonly sessions: Sessions,
    private readonly standings: Standings,
    private readonly log: EventLog,
  ) {}

  async open(visit: Visit, user: User): Promise<FlowOutcome> {
    const { call, environment, matter } = visit;
    const to = await visit.kind.afterSignOn(visit, user);
    const handle = await this.#openSession(visit, user, to);
    // The other of two raced submissions moved the flow, and its session is the one that counts.
    if (handle === undefined) return { kind: 'moved', to };
    const sid = parseHandle(HandlePrefix.Session, handle)?.id;
    this.log.done(call, 'user.sign_on', { client_id: matter.client?.id, sub: user.id, sid });
    const cookies: CookieChange[] = [{ name: 'session', value: handle, maxAge: environment.lifetimes.sessionAbsolute }];
    return { kind: 'moved', to, cookies };
  }

  /**
   * Moves the flow on with a session whose handle is new; the cookie of before is worth nothing afterwards (AZ-15).
   * The same person keeps the session that tokens are bound to; anybody else gets another one (CVE-2025-12390).
   */
  async #openSession({ call, environment, flow }: Visit, user: User, to: FlowStatus): Promise<string | undefined> {
    const { sessionIdle, sessionAbsolute, flow: lifetime } = environment.lifetimes;
    const wanted: NewSession = {
      environmentId: environment.id,
      userId: user.id,
      acr: Acr.SingleFactor,
      amr: [Amr.Password],
      idle: sessionIdle,
      absolute: sessionAbsolute,
    };
    const step = { to, purpose: signedOn(flow.purpose), lifetime };
    const before = await this.standings.of(environment, call.cookies.session);
    if (before?.user.id !== user.id) {
      const replaces = before && { replaces: before.session.id };
      const opened = { ...step, session: wanted, ...replaces };
      return (await this.flows.signOn(environment.id, flow.id, flow.status, opened))?.handle;
    }
    const { id: sessionId } = before.session;
    const moved = await this.flows.advance(environment.id, flow.id, flow.status, {
      // Noted with the flow: should the renewal not come about, the session as it was is not enough.
      ...{ ...step, sessionId, userId: user.id, signedOn: true },
    });
    return moved ? (await this.sessions.renew(sessionId, wanted))?.handle : undefined;
  }
}

/** Who they are is known now; what they said of themselves before no longer matters. */
function signedOn({ claimedName: _, passwordChanged: __, ...purpose }: FlowPurpose): FlowPurpose {
  return purpose as FlowPurpose;
}
