import { setTimeout as sleep } from 'node:timers/promises';
import {
  describeAttemptLimits,
  describeAuthorizationAnswers,
  describeAuthorizationCodes,
  describeAuthorizations,
  describeBackchannelNotifications,
  describeBackchannelRequests,
  describeConsents,
  describeDeviceAuthorizations,
  describeFlows,
  describeManyAtOnce,
  describeOneTimeCodes,
  describeOpaqueAccessTokens,
  describeRevokedTokens,
  describeSessions,
  describeSpentArtifacts,
  describeUsedJwts,
} from '@grantway/testing';
import { postgresWorld } from '../../test/postgres-world.js';

describeAuthorizationAnswers('PostgreSQL', postgresWorld);
describeAuthorizationCodes('PostgreSQL', postgresWorld);
describeAuthorizations('PostgreSQL', postgresWorld);
describeConsents('PostgreSQL', postgresWorld);
describeBackchannelNotifications('PostgreSQL', postgresWorld);
describeBackchannelRequests('PostgreSQL', postgresWorld);
describeDeviceAuthorizations('PostgreSQL', postgresWorld);
describeFlows('PostgreSQL', postgresWorld);
describeManyAtOnce('PostgreSQL', postgresWorld, Date.now);
describeOneTimeCodes('PostgreSQL', postgresWorld);
describeOpaqueAccessTokens('PostgreSQL', postgresWorld);
describeRevokedTokens('PostgreSQL', postgresWorld, Date.now);
describeSessions('PostgreSQL', postgresWorld);
describeSpentArtifacts('PostgreSQL', postgresWorld, Date.now);
describeUsedJwts('PostgreSQL', postgresWorld, Date.now);

// Counters keep the time of PostgreSQL, so here it really has to go by.
describeAttemptLimits('PostgreSQL', async () => ({
  ...(await postgresWorld()),
  elapse: (seconds: number) => sleep(seconds * 1000),
}));
