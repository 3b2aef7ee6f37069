import type { Target } from '../contenders/contender.js';
import type { Connection } from '../load/connection.js';

/** One kind of load. */
export interface Workload {
  /** `W4` */
  readonly id: string;
  /** A few words for the table. */
  readonly meaning: string;
  /** How many connections it is sent over; each has one request under way. */
  readonly connections: number;
  /**
   * Makes what a connection needs before its first request.
   *
   * @param n which connection, from 0: the client, person or device of that number is its own
   */
  open(target: Target, connection: Connection, n: number): Promise<Chain>;
}

/** The requests of one connection, one after the other. */
export interface Chain {
  /** Makes what the next requests use up; not measured. */
  stock?(requests: number): Promise<void>;
  /** How many it can stock at most. */
  readonly most?: number;
  /** @throws Error with the answer when it is not the one that must come */
  next(): Promise<void>;
}
