/** Which attempt at a job this is, from 1 on. */
export interface JobAttempt {
  readonly number: number;
  readonly most: number;
}

/** Does the jobs of one task. A job is done at least once: a process that dies over it leaves it to another. */
export interface JobHandler<Payload> {
  readonly task: string;

  /** Must be done within {@link JOB_TIME}. An error means again later, {@link JobGivenUp} never again. */
  run(payload: Payload, attempt: JobAttempt): Promise<void>;

  /** The last attempt failed: make it visible. Tried until it succeeds. */
  giveUp(payload: Payload, error: unknown): Promise<void>;
}

/** Trying again cannot help. Its message is stored, so it holds no secret. */
export class JobGivenUp extends Error {
  override readonly name = 'JobGivenUp';
}

/** Milliseconds. A call out takes 5 s at most; around it are a few statements. */
export const JOB_TIME = 12_000;
