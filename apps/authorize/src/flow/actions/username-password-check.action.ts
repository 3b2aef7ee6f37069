import { CookieChange, HttpReply, SignOnProblem } from '@grantway/contracts';
import {
  AttemptLimits,
  FlowStatus,
  Flows,
  NewSession,
  Sessions,
  SIGN_ON_PER_ADDRESS,
  SIGN_ON_PER_USER,
  User,
  UserDirectory,
} from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { Acr, Amr, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { missesHint, SignOnPolicy } from '../../sign-on-policy.js';
import { FlowAction } from '../flow-action.js';
import { FlowPages } from '../flow-pages.js';
import { resumeLocation, signOnLocation } from '../locations.js';
import { field, Visit } from '../visit.js';

/** Longer than any name or password is meant to be; refused before it costs a hash. */
const LONGEST = 256;

/** The person gives name and password. One message for every way it can be wrong (SE-02). */
@Injectable()
export class UsernamePasswordCheck extends FlowAction {
  readonly name = 'usernamePassword.check';
  readonly at: readonly FlowStatus[] = ['USERNAME_PASSWORD_REQUIRED'];

  constructor(
    private readonly users: UserDirectory,
    private readonly limits: AttemptLimits,
    private readonly sessions: Sessions,
    private readonly flows: Flows,
    private readonly policy: SignOnPolicy,
    private readonly pages: FlowPages,
    private readonly log: EventLog,
  ) {
    super();
  }

  async run(visit: Visit): Promise<HttpReply> {
    const { call } = visit;
    const username = field(call, 'username');
    const password = field(call, 'password');
    if (!username || !password) {
      const fields = [...(username ? [] : (['username'] as const)), ...(password ? [] : (['password'] as const))];
      return this.pages.signOn(visit, { kind: 'missing', fields }, username ?? '');
    }
    const outcome = await this.#check(visit, username, password);
    if ('kind' in outcome) return this.pages.signOn(visit, outcome, username.slice(0, LONGEST));
    return this.#signOn(visit, outcome);
  }

  async #check(visit: Visit, username: string, password: string): Promise<User | SignOnProblem> {
    const { call, environment } = visit;
    const userKey = `${environment.id}|${username.normalize('NFKC').toLowerCase()}`;
    const addressKey = `${environment.id}|${call.ip}`;
    // The right password waits as well: else guessing would show when it was right (SE-01).
    const waits = [this.limits.wait(SIGN_ON_PER_USER, userKey), this.limits.wait(SIGN_ON_PER_ADDRESS, addressKey)];
    const wait = Math.max(...(await Promise.all(waits))) || (await this.limits.fail(SIGN_ON_PER_USER, userKey));
    if (wait > 0) return this.#refuse(visit, { kind: 'wait', seconds: wait });

    const tooLong = username.length > LONGEST || password.length > LONGEST;
    const user = tooLong ? undefined : await this.users.authenticate(environment.id, username, password);
    if (user?.status === 'active') {
      await this.limits.succeed(SIGN_ON_PER_USER, userKey);
      return user;
    }
    await this.limits.fail(SIGN_ON_PER_ADDRESS, addressKey);
    return this.#refuse(visit, { kind: 'wrong' });
  }

  #refuse({ call, client }: Visit, problem: SignOnProblem): SignOnProblem {
    const error = new OAuthError('access_denied', { reason: `sign_on.${problem.kind}` });
    this.log.refused(call, error, { client_id: client.id });
    return problem;
  }

  async #signOn(visit: Visit, user: User): Promise<HttpReply> {
    const { call, environment, flow, client } = visit;
    const { request } = flow;
    const hintMissed = missesHint(request, user.id);
    const consent = !hintMissed && (await this.policy.mustConsent(client, request, user.id));
    const to: FlowStatus = hintMissed ? 'FAILED' : consent ? 'AGREEMENT_CONSENT_REQUIRED' : 'COMPLETED';
    const handle = await this.#openSession(visit, user, to);
    const location = (consent ? signOnLocation : resumeLocation)(environment.id, flow.id);
    // The other of two raced submissions moved the flow, and its session is the one that counts.
    if (handle === undefined) return { kind: 'redirect', location };
    this.log.done(call, 'signed on', { client_id: client.id, sub: user.id });
    const cookies: CookieChange[] = [{ name: 'session', value: handle, maxAge: environment.lifetimes.sessionAbsolute }];
    return { kind: 'redirect', location, cookies };
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
    const moveOn = (sessionId: string, signedOn: boolean) =>
      this.flows.advance(environment.id, flow.id, flow.status, { to, sessionId, userId: user.id, signedOn, lifetime });
    const before = await this.policy.standing(environment, call.cookies.session);
    if (before?.user.id === user.id) {
      // Noted with the flow: should the renewal not come about, the session as it was is not enough.
      const moved = await moveOn(before.session.id, true);
      return moved ? (await this.sessions.renew(before.session.id, wanted))?.handle : undefined;
    }
    const { session, handle } = await this.sessions.create(wanted);
    const moved = await moveOn(session.id, false);
    const useless = moved ? before?.session.id : session.id;
    if (useless !== undefined) await this.sessions.end(environment.id, useless);
    return moved ? handle : undefined;
  }
}
