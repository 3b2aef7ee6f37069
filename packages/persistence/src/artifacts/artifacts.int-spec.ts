import { setTimeout as sleep } from 'node:timers/promises';
import {
  describeAttemptLimits,
  describeAuthorizationCodes,
  describeAuthorizations,
  describeConsents,
  describeFlows,
  describeSessions,
} from '@grantway/testing';
import { postgresWorld } from '../../test/postgres-world.js';

describeAuthorizationCodes('PostgreSQL', postgresWorld);
describeAuthorizations('PostgreSQL', postgresWorld);
describeConsents('PostgreSQL', postgresWorld);
describeFlows('PostgreSQL', postgresWorld);
describeSessions('PostgreSQL', postgresWorld);

// The library takes the time of the process, so here it really has to go by.
describeAttemptLimits('PostgreSQL', async () => ({
  ...(await postgresWorld()),
  elapse: (seconds: number) => sleep(seconds * 1000),
}));
