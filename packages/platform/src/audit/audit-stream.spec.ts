import { AuditEvents } from '@grantway/domain';
import { createLogger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { AuditStream } from './audit-stream.js';

describe('AuditStream, switched off', () => {
  it('I15 tells the table that nobody follows, also one that was away, and nothing to anybody else', async () => {
    const told: boolean[] = [];
    const logged: unknown[] = [];
    const say = (...said: unknown[]) => void logged.push(said);
    let isAway = true;
    let done: () => void;
    const over = new Promise<void>((resolve) => {
      done = resolve;
    });
    const events = {
      follow: async (followed: boolean) => {
        if (isAway) {
          isAway = false;
          throw new Error('away');
        }
        told.push(followed);
        done();
      },
    } as unknown as AuditEvents;
    const logger = { ...createLogger('test', 'silent'), info: say, warn: say, error: say } as never;
    const stream = new AuditStream({ events, logger, metrics: new Metrics() });
    stream.onApplicationBootstrap();
    await over;
    await stream.beforeApplicationShutdown();
    expect([told, logged]).toEqual([[false], []]);
  });
});
