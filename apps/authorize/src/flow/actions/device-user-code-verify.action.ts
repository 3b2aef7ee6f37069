import {
  Attempt,
  AttemptLimits,
  addressKey,
  Clients,
  cutText,
  DeviceAuthorization,
  DeviceAuthorizations,
  FlowStatus,
  Flows,
  isShortUserCode,
  LONGEST_USER_CODE,
  SHORT_USER_CODE_PER_SESSION,
  Standings,
  USER_CODE_PER_ADDRESS,
  USER_CODE_PER_ENVIRONMENT,
  USER_CODE_PER_SESSION,
  UserCodes,
} from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { FlowAction, FlowOutcome, problem } from '../flow-action.js';
import { FlowInput } from '../flow-input.js';
import { isOwnSession, namesOf, purposeOf, standingOf, Visit } from '../visit.js';

/** The person types the code their device shows (RFC 8628 §3.3). Unknown, decided and expired ones look the same (D7). */
@Injectable()
export class DeviceUserCodeVerify extends FlowAction {
  readonly name = 'deviceAuthGrant.userCode.verify';
  readonly at: readonly FlowStatus[] = ['DAG_USER_CODE_REQUIRED'];

  constructor(
    private readonly flows: Flows,
    private readonly devices: DeviceAuthorizations,
    private readonly clients: Clients,
    private readonly codes: UserCodes,
    private readonly limits: AttemptLimits,
    private readonly standings: Standings,
    private readonly log: EventLog,
  ) {
    super();
  }

  async run(visit: Visit, input: FlowInput): Promise<FlowOutcome> {
    const { environment, flow } = visit;
    const text = input.text('userCode');
    if (text === undefined) return problem({ kind: 'missing', fields: ['userCode'] }, { userCode: '' });
    const typed = cutText(text, LONGEST_USER_CODE);
    const standing = await standingOf(visit, this.standings);
    if (!isOwnSession(flow, standing)) return { kind: 'refused', because: 'other_browser' };

    const limits = limitsOf(visit, standing.user.id);
    // The right code waits as well: else guessing would show when it was right (DV-01).
    const seconds = await this.limits.count(limits);
    if (seconds > 0) return this.#refuse(visit, { kind: 'wait', seconds }, typed);
    const device = await this.#find(visit, typed);
    if (!device) return this.#refuse(visit, { kind: 'wrong' }, typed);
    this.log.done(visit.call, 'device.user_code', { ...namesOf(visit), client_id: device.clientId });
    // No more than itself: a code of one's own does not make good the guesses at others'.
    await Promise.all(limits.map(([limit, key]) => this.limits.forgive(limit, key)));
    const purpose = {
      ...purposeOf(flow, 'device'),
      ...{ userCode: this.codes.spelled(this.codes.canonical(typed)), deviceAuthorizationId: device.id },
    };
    await this.flows.advance(environment.id, flow.id, flow.status, {
      ...{ to: 'DAG_CONSENT_REQUIRED', purpose, lifetime: environment.lifetimes.flow },
    });
    return { kind: 'moved' };
  }

  async #find({ environment, flow }: Visit, typed: string): Promise<DeviceAuthorization | undefined> {
    const hash = this.codes.hash(environment.id, this.codes.canonical(typed));
    const device = await this.devices.findByUserCode(environment.id, hash);
    const client = device && (await this.clients.find(environment.id, device.clientId));
    const { clientId = client?.id } = purposeOf(flow, 'device');
    // D10: a client's own page is for its own devices.
    return client?.enabled && client.id === clientId ? device : undefined;
  }

  #refuse(visit: Visit, found: { kind: 'wrong' } | { kind: 'wait'; seconds: number }, userCode: string): FlowOutcome {
    const error = new OAuthError('access_denied', { reason: `device.user_code.${found.kind}` });
    this.log.refused(visit.call, 'device.user_code', error, namesOf(visit));
    return problem(found, { userCode });
  }
}

/** The person first, whose own guesses then cost nobody else. DV-01: short codes get half the tries. */
function limitsOf({ call, environment }: Visit, userId: string): readonly Attempt[] {
  const perPerson = isShortUserCode(environment.userCode) ? SHORT_USER_CODE_PER_SESSION : USER_CODE_PER_SESSION;
  return [
    [perPerson, `${environment.id}|${userId}`],
    [USER_CODE_PER_ADDRESS, `${environment.id}|${addressKey(call.ip)}`],
    [USER_CODE_PER_ENVIRONMENT, environment.id],
  ];
}
