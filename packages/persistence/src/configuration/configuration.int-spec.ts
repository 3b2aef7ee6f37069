import {
  describeConfiguration,
  describeKeySchedule,
  describeServiceAccounts,
  describeSigningKeys,
  describeUserDirectory,
} from '@grantway/testing';
import { postgresWorld } from '../../test/postgres-world.js';

describeConfiguration('PostgreSQL', postgresWorld);
describeServiceAccounts('PostgreSQL', postgresWorld);
describeKeySchedule('PostgreSQL', postgresWorld);
describeSigningKeys('PostgreSQL', postgresWorld);
describeUserDirectory('PostgreSQL', postgresWorld);
