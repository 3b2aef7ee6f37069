export { migrateAndApply, runAdmin } from './admin-cli.js';
export { type Fleet, type FleetOptions, type FleetProcess, type Replicas, startFleet } from './fleet.js';
export { freePort } from './free-port.js';
export { describeGrantService, type GrantServiceOptions } from './grant-service.js';
export { keepSecret } from './keep-secret.js';
export { type InstallationAddress, leaveAddress } from './leave-address.js';
export { LocalServiceError } from './local-service-error.js';
export {
  type BusIdentities,
  type GrantIdentities,
  makeBusIdentities,
} from './nats/bus-identities.js';
export { type Certificates, makeCertificates } from './nats/certificates.js';
export { dockerEngineAnswers, findNatsServer } from './nats/find-nats-server.js';
export { type NatsOptions, type NatsServer, startNats } from './nats/nats-server.js';
export { crashPostgres, freezePostgres } from './postgres/breaking.js';
export { createDatabase, dropDatabase } from './postgres/databases.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './postgres/embedded-postgres.js';
export { ManagedProcess, type ManagedProcessOptions } from './process/managed-process.js';
export { repositoryRoot } from './repository-root.js';
export { startTcpRelay, type TcpRelay } from './tcp-relay.js';
