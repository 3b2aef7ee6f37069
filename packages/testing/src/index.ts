export * from './contracts/access-tokens.contract.js';
export * from './contracts/attempt-limits.contract.js';
export * from './contracts/audit-events.contract.js';
export * from './contracts/authorization-answers.contract.js';
export * from './contracts/authorization-codes.contract.js';
export * from './contracts/authorizations.contract.js';
export * from './contracts/backchannel-notifications.contract.js';
export * from './contracts/backchannel-requests.contract.js';
export * from './contracts/configuration.contract.js';
export * from './contracts/consents.contract.js';
export * from './contracts/device-authorizations.contract.js';
export * from './contracts/flows.contract.js';
export * from './contracts/key-schedule.contract.js';
export * from './contracts/many-at-once.contract.js';
export * from './contracts/one-time-codes.contract.js';
export * from './contracts/service-accounts.contract.js';
export * from './contracts/sessions.contract.js';
export * from './contracts/signing-keys.contract.js';
export * from './contracts/spent-artifacts.contract.js';
export * from './contracts/used-jwts.contract.js';
export * from './contracts/user-directory.contract.js';
export {
  altered,
  eventually,
  freshEnvironmentId,
  inParallel,
  issueCode,
  memoryWorld,
  type Stores,
  type World,
} from './contracts/world.js';
export * from './grant-harness.js';
export * from './memory/attempt-limits.memory.js';
export * from './memory/audit-events.memory.js';
export * from './memory/authorization-answers.memory.js';
export * from './memory/authorization-codes.memory.js';
export * from './memory/authorizations.memory.js';
export * from './memory/backchannel-requests.memory.js';
export * from './memory/configuration.memory.js';
export * from './memory/consents.memory.js';
export * from './memory/device-authorizations.memory.js';
export * from './memory/flows.memory.js';
export * from './memory/key-schedule.memory.js';
export * from './memory/memory-stores.js';
export * from './memory/one-time-codes.memory.js';
export * from './memory/opaque-access-tokens.memory.js';
export * from './memory/pushed-requests.memory.js';
export * from './memory/revoked-tokens.memory.js';
export * from './memory/service-accounts.memory.js';
export * from './memory/sessions.memory.js';
export * from './memory/signing-keys.memory.js';
export * from './memory/test-clock.js';
export * from './memory/used-jwts.memory.js';
export * from './mothers/authorization.mother.js';
export * from './mothers/backchannel.mother.js';
export * from './mothers/client.mother.js';
export * from './mothers/device.mother.js';
export * from './mothers/environment.mother.js';
export * from './mothers/http-call.mother.js';
export * from './mothers/service-account.mother.js';
export * from './mothers/signing-key.mother.js';
export * from './mothers/user.mother.js';
