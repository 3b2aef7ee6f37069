/** SQL expressions, except for `task` and `attempts`. */
interface JobSpec {
  readonly task: string;
  /** Of type json. Its text is stored as it is: secrets only sealed. */
  readonly payload: string;
  /** Jobs of one queue are done one after the other, so that one slow receiver keeps nobody else's from being done (I11). */
  readonly queue?: string;
  /** Now, where it says nothing. */
  readonly runAt?: string;
  /** A later job with the same key takes the place of one that waits. */
  readonly key?: string;
  readonly attempts: number;
}

/**
 * The expression that enqueues a job; part of the statement that is its cause, it comes about with it or not at all (I7).
 * It has to stand where it is evaluated: PostgreSQL leaves out a CTE that nothing reads.
 */
export function addJob({ task, payload, queue, runAt, key, attempts }: JobSpec): string {
  const given = [
    `'${task}'`,
    payload,
    ...(queue ? [`queue_name := ${queue}`] : []),
    ...(runAt ? [`run_at := ${runAt}`] : []),
    ...(key ? [`job_key := ${key}`] : []),
    `max_attempts := ${attempts}`,
  ];
  return `(graphile_worker.add_job(${given.join(', ')})).id`;
}
