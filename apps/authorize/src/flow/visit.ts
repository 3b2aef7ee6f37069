import { HttpCall, HttpReply } from '@grantway/contracts';
import {
  Client,
  DeviceAuthorization,
  Environment,
  Flow,
  FlowPurpose,
  FlowStatus,
  FoundSession,
  Standing,
  Standings,
  User,
  UserDirectory,
} from '@grantway/domain';

/** One request of a person to a flow of theirs. */
export interface Visit {
  readonly call: HttpCall;
  readonly environment: Environment;
  readonly flow: Flow;
  readonly kind: FlowKind;
  readonly matter: FlowMatter;
  /** The browser's binding cookie, proven to be the flow's. */
  readonly browser: string;
  /** With what session the browser came, which was found together with the flow. */
  readonly arrived: { readonly sessionCookie: string | undefined; readonly session: FoundSession | undefined };
}

/** What a flow is about, as things are now. */
export interface FlowMatter {
  /** Whom the person goes on to; nobody when it is about their own account, or not yet known. */
  readonly client?: Client;
  /** What the client asks for. */
  readonly scope: readonly string[];
  /** Where the answer goes. */
  readonly redirectUri?: string;
  readonly loginHint?: string;
  /** The device's request, once the right code was entered and as long as nobody decided about it. */
  readonly device?: DeviceAuthorization;
}

/** Why a person is here, and all that depends on it. */
export abstract class FlowKind {
  abstract readonly kind: FlowPurpose['kind'];

  /** Undefined when it came to an end meanwhile. */
  abstract matter(flow: Flow): Promise<FlowMatter | undefined>;

  /** Where the person goes on, now that it is known who they are. */
  abstract afterSignOn(visit: Visit, user: User): Promise<FlowStatus>;

  /** What follows a flow that is COMPLETED or FAILED. */
  abstract finish(visit: Visit, issuer: string): Promise<HttpReply>;
}

/** A flow's purpose, of the kind that its class is for. */
export function purposeOf<Kind extends FlowPurpose['kind']>(
  { purpose }: Pick<Flow, 'purpose'>,
  kind: Kind,
): Extract<FlowPurpose, { kind: Kind }> {
  if (purpose.kind !== kind) throw new Error(`a flow of kind ${purpose.kind} was taken for one of kind ${kind}`);
  return purpose as Extract<FlowPurpose, { kind: Kind }>;
}

/** The session the flow signed on with, and not as it was before the person had to sign on again (AZ-17). */
export function isOwnSession({ sessionId, signedOnAt }: Flow, standing: Standing | undefined): standing is Standing {
  if (!standing || standing.session.id !== sessionId) return false;
  return signedOnAt === undefined || standing.session.authTime >= signedOnAt;
}

/** A request, and what was found with it. */
export type Came = Pick<Visit, 'call' | 'environment'> & Partial<Pick<Visit, 'arrived'>>;

/** Who sits at the browser; asked anew where it has another session by now. */
export function standingOf({ call, environment, arrived }: Came, standings: Standings): Promise<Standing | undefined> {
  const { session } = call.cookies;
  return arrived && session === arrived.sessionCookie
    ? standings.behind(arrived.session)
    : standings.of(environment, session);
}

/** The flow's person, where they sit here: else somebody signed off or took over, and is not told whose the flow was. */
export async function shownPerson(
  visit: Came & Pick<Visit, 'flow'>,
  standings: Standings,
  users: UserDirectory,
): Promise<User | undefined> {
  const { environment, flow } = visit;
  // Before there is a session, the flow's own binding is all there is.
  if (flow.sessionId === undefined) {
    return flow.userId === undefined ? undefined : users.find(environment.id, flow.userId);
  }
  const standing = await standingOf(visit, standings);
  return isOwnSession(flow, standing) ? standing.user : undefined;
}

/** For the log: who asked, as far as that is known. */
export function namesOf({ flow, matter }: Visit): Record<string, unknown> {
  return {
    ...(matter.client && { client_id: matter.client.id }),
    ...(flow.userId !== undefined && { sub: flow.userId }),
  };
}

/**
 * AZ-15, HT-04: our own pages, those of origins this flow's client lists, and callers that are no browser. `null` is a page
 * that hides where it is from.
 */
export function isForeignScript({ call: { origin, fetchSite }, matter }: Visit, publicUrl: string): boolean {
  if (origin === undefined) return fetchSite === 'cross-site';
  return origin !== publicUrl && !matter.client?.allowedOrigins.includes(origin);
}

/** The client builds its own pages, and is answered in JSON (PingOne's `pi.flow`). */
export function isScripted({ flow }: Visit): boolean {
  return flow.purpose.kind === 'authorize' && flow.purpose.request.responseMode === 'pi.flow';
}
