import type { EnvironmentConfig } from '@grantway/domain';
import { MemoryAttemptLimits } from './attempt-limits.memory.js';
import { MemoryAuditEvents } from './audit-events.memory.js';
import { MemoryAuthorizationAnswers } from './authorization-answers.memory.js';
import { MemoryAuthorizationCodes } from './authorization-codes.memory.js';
import { MemoryAuthorizations } from './authorizations.memory.js';
import { MemoryBackchannelRequests } from './backchannel-requests.memory.js';
import {
  configureMemory,
  MemoryClients,
  MemoryEnvironments,
  MemoryResources,
  MemoryUserDirectory,
} from './configuration.memory.js';
import { MemoryConsents } from './consents.memory.js';
import { MemoryDeviceAuthorizations } from './device-authorizations.memory.js';
import { MemoryFlows } from './flows.memory.js';
import { MemoryKeySchedule } from './key-schedule.memory.js';
import { MemoryCodeMessages, MemoryOneTimeCodes } from './one-time-codes.memory.js';
import { MemoryOpaqueAccessTokens } from './opaque-access-tokens.memory.js';
import { MemoryPushedRequests } from './pushed-requests.memory.js';
import { MemoryRevokedTokens } from './revoked-tokens.memory.js';
import { MemoryServiceAccounts } from './service-accounts.memory.js';
import { MemorySessions } from './sessions.memory.js';
import { MemorySigningKeys } from './signing-keys.memory.js';
import { TestClock } from './test-clock.js';
import { MemoryUsedJwts } from './used-jwts.memory.js';

/** One of each store, knowing of one another as the tables of a database do, and one clock for all. */
export class MemoryStores {
  readonly clock: TestClock;
  readonly environments = new MemoryEnvironments();
  readonly audit = new MemoryAuditEvents();
  readonly clients = new MemoryClients();
  readonly resources = new MemoryResources();
  readonly users: MemoryUserDirectory;
  readonly serviceAccounts = new MemoryServiceAccounts();
  readonly signingKeys: MemorySigningKeys;
  readonly keySchedule: MemoryKeySchedule;
  readonly sessions: MemorySessions;
  readonly flows: MemoryFlows;
  readonly codes: MemoryAuthorizationCodes;
  readonly devices: MemoryDeviceAuthorizations;
  readonly backchannel: MemoryBackchannelRequests;
  readonly authorizations: MemoryAuthorizations;
  readonly pushed: MemoryPushedRequests;
  readonly answers: MemoryAuthorizationAnswers;
  readonly consents: MemoryConsents;
  readonly attempts: MemoryAttemptLimits;
  readonly oneTimeCodes: MemoryOneTimeCodes;
  readonly codeMessages = new MemoryCodeMessages();
  readonly opaqueAccessTokens: MemoryOpaqueAccessTokens;
  readonly revokedTokens = new MemoryRevokedTokens();
  readonly usedJwts: MemoryUsedJwts;

  constructor(clock = new TestClock()) {
    this.clock = clock;
    this.users = new MemoryUserDirectory(clock);
    this.signingKeys = new MemorySigningKeys(clock);
    this.keySchedule = new MemoryKeySchedule(this.signingKeys, this.environments);
    this.sessions = new MemorySessions(clock);
    this.flows = new MemoryFlows(clock, this.sessions, () => this.consents);
    this.codes = new MemoryAuthorizationCodes(clock);
    this.devices = new MemoryDeviceAuthorizations(clock);
    this.backchannel = new MemoryBackchannelRequests(clock);
    const spendables = {
      authorizationCode: this.codes,
      deviceCode: this.devices,
      backchannelRequest: this.backchannel,
    };
    this.authorizations = new MemoryAuthorizations(clock, spendables, this.sessions);
    this.pushed = new MemoryPushedRequests(clock);
    this.answers = new MemoryAuthorizationAnswers(this.flows, this.codes, this.authorizations, this.pushed);
    this.consents = new MemoryConsents(this.authorizations, this.codes, this.devices, this.backchannel);
    this.attempts = new MemoryAttemptLimits(clock);
    this.oneTimeCodes = new MemoryOneTimeCodes(clock);
    this.opaqueAccessTokens = new MemoryOpaqueAccessTokens(clock);
    this.usedJwts = new MemoryUsedJwts(clock);
  }

  configure(config: EnvironmentConfig): void {
    configureMemory(this, config);
  }
}
