import { HttpReply } from '@grantway/contracts';
import { FlowStatus } from '@grantway/domain';
import { Visit } from './visit.js';

/** One thing a person can do at a station of a flow, by PingOne's name for it. */
export abstract class FlowAction {
  abstract readonly name: string;
  /** Stations at which it may be done; anywhere else nothing happens. */
  abstract readonly at: readonly FlowStatus[];

  abstract run(visit: Visit): Promise<HttpReply>;
}
