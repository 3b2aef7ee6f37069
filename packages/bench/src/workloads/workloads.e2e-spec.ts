import { grantwayDistributed } from '../contenders/grantway/distributed.js';
import { grantwayStandalone } from '../contenders/grantway/standalone.js';
import { jmondiInMemory, jmondiOnPostgres } from '../contenders/jmondi.js';
import { oidcProvider } from '../contenders/oidc-provider.js';
import { Connection } from '../load/connection.js';
import { timeToFirstToken } from '../measure/start-up.js';
import { WORKLOADS } from './index.js';

/** Every answer of a workload is looked at, so a few of each show that it is what it says, of every contender. */
describe.each([grantwayStandalone, grantwayDistributed, oidcProvider, jmondiOnPostgres, jmondiInMemory])(
  'the bench: $name',
  (contender) => {
    it('house: does every workload it is measured at, and starts again', async () => {
      const running = await contender.start();
      try {
        for (const workload of WORKLOADS.filter(({ id }) => !contender.without.includes(id))) {
          const connection = await Connection.open(running.target.token);
          const chain = await workload.open(running.target, connection, 0);
          await chain.stock?.(3);
          for (let sent = 0; sent < 3; sent += 1) await chain.next();
          connection.close();
        }
        expect(await timeToFirstToken(running)).toBeGreaterThan(0);
      } finally {
        await running.stop();
      }
    });
  },
);
