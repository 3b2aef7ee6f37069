import { Injectable } from '@nestjs/common';
import { Database } from './database.js';
import { statement } from './statement.js';

// Asks a table rather than `1`, so that a service is not ready before the migrations have run.
const PING = statement('health_ping', 'SELECT 1 FROM environment LIMIT 1');

/** Readiness: whether this process gets an answer from the database now. */
@Injectable()
export class DatabaseHealth {
  constructor(private readonly database: Database) {}

  /** @throws when the answer does not come in time */
  async check(timeout = 1000): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('timeout expired: the database did not answer')), timeout);
    });
    try {
      await Promise.race([this.database.query(PING, []), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
