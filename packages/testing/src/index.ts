export * from './contracts/attempt-limits.contract.js';
export * from './contracts/authorization-codes.contract.js';
export * from './contracts/authorizations.contract.js';
export * from './contracts/configuration.contract.js';
export * from './contracts/consents.contract.js';
export * from './contracts/flows.contract.js';
export * from './contracts/sessions.contract.js';
export * from './contracts/signing-keys.contract.js';
export {
  altered,
  eventually,
  freshEnvironmentId,
  inParallel,
  memoryWorld,
  type Stores,
  type World,
} from './contracts/world.js';
export * from './grant-harness.js';
export * from './memory/attempt-limits.memory.js';
export * from './memory/authorization-codes.memory.js';
export * from './memory/authorizations.memory.js';
export * from './memory/configuration.memory.js';
export * from './memory/consents.memory.js';
export * from './memory/flows.memory.js';
export * from './memory/memory-stores.js';
export * from './memory/sessions.memory.js';
export * from './memory/signing-keys.memory.js';
export * from './memory/test-clock.js';
export * from './mothers/authorization.mother.js';
export * from './mothers/client.mother.js';
export * from './mothers/environment.mother.js';
export * from './mothers/http-call.mother.js';
export * from './mothers/signing-key.mother.js';
export * from './mothers/user.mother.js';
