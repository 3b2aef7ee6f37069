import { CookieChange, FlowProblem } from '@grantway/contracts';
import { FlowStatus } from '@grantway/domain';
import { FlowInput } from './flow-input.js';
import { Visit } from './visit.js';

/** Pages beside the one that shows where the flow stands. */
export type FlowView = 'recovery' | 'registration';

/** What came of an action; page and API each tell it in their own way. */
export type FlowOutcome =
  /** The flow went on, with this request or another one at the same moment; `to` where this one moved it. */
  | { readonly kind: 'moved'; readonly to?: FlowStatus; readonly cookies?: readonly CookieChange[] }
  /** Nothing moved; the person can do better. `entered` is what need not be typed again. */
  | { readonly kind: 'problem'; readonly problem: FlowProblem; readonly entered?: Readonly<Record<string, string>> }
  /** It is not a person's slip: no decision in it, or a session that is not this flow's. */
  | { readonly kind: 'refused'; readonly because: 'bad_request' | 'other_browser' };

/** One thing a person can do at a station of a flow, by PingOne's name for it. */
export abstract class FlowAction {
  abstract readonly name: string;
  /** Stations at which it may be done; anywhere else nothing happens. */
  abstract readonly at: readonly FlowStatus[];
  /** The page its problems are told on, where its station has more than one. */
  readonly view?: FlowView;

  /** Whether the environment lets people do this. */
  allowed(_visit: Pick<Visit, 'environment'>): boolean {
    return true;
  }

  abstract run(visit: Visit, input: FlowInput): Promise<FlowOutcome>;
}

/** Every action, by its name. */
export class FlowActions {
  readonly #byName: ReadonlyMap<string, FlowAction>;

  constructor(actions: readonly FlowAction[]) {
    this.#byName = new Map(actions.map((action) => [action.name, action]));
  }

  find(name: string | undefined): FlowAction | undefined {
    return name === undefined ? undefined : this.#byName.get(name);
  }

  /** What may be done where the flow stands. */
  offered(visit: Pick<Visit, 'environment' | 'flow'>): FlowAction[] {
    return [...this.#byName.values()].filter((action) => isOffered(action, visit));
  }
}

export function isOffered(action: FlowAction, visit: Pick<Visit, 'environment' | 'flow'>): boolean {
  return action.at.includes(visit.flow.status) && action.allowed(visit);
}

export function problem(found: FlowProblem, entered?: Readonly<Record<string, string>>): FlowOutcome {
  return { kind: 'problem', problem: found, ...(entered && { entered }) };
}
