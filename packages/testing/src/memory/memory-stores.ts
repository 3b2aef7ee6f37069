import type { EnvironmentConfig } from '@grantway/domain';
import { MemoryAttemptLimits } from './attempt-limits.memory.js';
import { MemoryAuthorizationCodes } from './authorization-codes.memory.js';
import { MemoryAuthorizations } from './authorizations.memory.js';
import {
  configureMemory,
  MemoryClients,
  MemoryEnvironments,
  MemoryResources,
  MemoryUserDirectory,
} from './configuration.memory.js';
import { MemoryConsents } from './consents.memory.js';
import { MemoryFlows } from './flows.memory.js';
import { MemorySessions } from './sessions.memory.js';
import { MemorySigningKeys } from './signing-keys.memory.js';
import { TestClock } from './test-clock.js';

/** One of each store, knowing of one another as the tables of a database do, and one clock for all. */
export class MemoryStores {
  readonly clock: TestClock;
  readonly environments = new MemoryEnvironments();
  readonly clients = new MemoryClients();
  readonly resources = new MemoryResources();
  readonly users: MemoryUserDirectory;
  readonly signingKeys = new MemorySigningKeys();
  readonly sessions: MemorySessions;
  readonly flows: MemoryFlows;
  readonly codes: MemoryAuthorizationCodes;
  readonly authorizations: MemoryAuthorizations;
  readonly consents: MemoryConsents;
  readonly attempts: MemoryAttemptLimits;

  constructor(clock = new TestClock()) {
    this.clock = clock;
    this.users = new MemoryUserDirectory(clock);
    this.sessions = new MemorySessions(clock);
    this.flows = new MemoryFlows(clock);
    this.codes = new MemoryAuthorizationCodes(clock, this.flows);
    this.authorizations = new MemoryAuthorizations(clock, this.codes, this.sessions);
    this.consents = new MemoryConsents(this.authorizations, this.codes);
    this.attempts = new MemoryAttemptLimits(clock);
  }

  configure(config: EnvironmentConfig): void {
    configureMemory(this, config);
  }
}
