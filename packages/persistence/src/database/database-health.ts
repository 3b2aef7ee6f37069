import { Injectable } from '@nestjs/common';
import { Database } from './database.js';
import { statement } from './statement.js';

// Asks for today's partition rather than for `1`: without the migrations, or without partition care, no flow could begin.
const PING = statement(
  'health_ping',
  `
  SELECT to_regclass('flow_p' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')) IS NOT NULL
     AND to_regclass('graphile_worker._private_jobs') IS NOT NULL AS ready`,
);

/** Readiness: whether this process gets an answer from the database now. */
@Injectable()
export class DatabaseHealth {
  constructor(private readonly database: Database) {}

  /** @throws when the answer does not come in time, or says that nothing could be stored */
  async check(timeout = 1000): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('timeout expired: the database did not answer')), timeout);
    });
    try {
      const [answer] = await Promise.race([this.database.query<{ ready: boolean }>(PING, []), late]);
      if (!answer?.ready) throw new Error('the schema is missing, or has no partition for today');
    } finally {
      clearTimeout(timer);
    }
  }
}
