export { Database, type DatabaseOptions } from './database/database.js';
export { DatabaseHealth } from './database/database-health.js';
export { isInfrastructureError } from './database/infrastructure-error.js';
export { MigrationError, migrate } from './database/migrations.js';
export { PartitionCare } from './database/partition-care.js';
export { hashPassword, isPasswordHash } from './directory/passwords.js';
export { type JobAttempt, JobGivenUp, type JobHandler } from './jobs/job-handler.js';
export { JobRunner } from './jobs/job-runner.js';
export { PersistenceModule, type PersistenceOptions } from './persistence.module.js';
