import type { EnvironmentConfig } from '@grantway/domain';
import { PostgresAttemptLimits } from '../src/artifacts/attempt-limits.store.js';
import { PostgresAuthorizationAnswers } from '../src/artifacts/authorization-answers.store.js';
import { PostgresAuthorizationCodes } from '../src/artifacts/authorization-codes.store.js';
import { PostgresAuthorizations } from '../src/artifacts/authorizations.store.js';
import { PostgresBackchannelRequests } from '../src/artifacts/backchannel-requests.store.js';
import { PostgresConsents } from '../src/artifacts/consents.store.js';
import { PostgresDeviceAuthorizations } from '../src/artifacts/device-authorizations.store.js';
import { PostgresFlows } from '../src/artifacts/flows.store.js';
import { PostgresOneTimeCodes } from '../src/artifacts/one-time-codes.store.js';
import { PostgresOpaqueAccessTokens } from '../src/artifacts/opaque-access-tokens.store.js';
import { PostgresPushedRequests } from '../src/artifacts/pushed-requests.store.js';
import { PostgresRevokedTokens } from '../src/artifacts/revoked-tokens.store.js';
import { PostgresSessions } from '../src/artifacts/sessions.store.js';
import { PostgresUsedJwts } from '../src/artifacts/used-jwts.store.js';
import { PostgresAuditEvents } from '../src/audit/audit-events.store.js';
import { CachedClients } from '../src/configuration/clients.store.js';
import { ConfigCache } from '../src/configuration/config-cache.js';
import { ConfigListener } from '../src/configuration/config-listener.js';
import { PostgresEnvironmentConfigs } from '../src/configuration/environment-configs.store.js';
import { CachedEnvironments } from '../src/configuration/environments.store.js';
import { PostgresKeySchedule } from '../src/configuration/key-schedule.store.js';
import { CachedResources } from '../src/configuration/resources.store.js';
import { CachedServiceAccounts } from '../src/configuration/service-accounts.store.js';
import { CachedSigningKeys } from '../src/configuration/signing-keys.store.js';
import { Database } from '../src/database/database.js';
import { LocalUserDirectory } from '../src/directory/local-user-directory.js';
import { type ScratchDatabase, scratchDatabase } from './scratch-database.js';

/** The stores of one process, as PersistenceModule puts them together. */
export function openReplica(url: string, poolSize = 5) {
  const database = new Database({ url, poolSize });
  const cache = new ConfigCache();
  const listener = new ConfigListener(url, cache);
  listener.start();
  return {
    database,
    cache,
    environments: new CachedEnvironments(database, cache),
    clients: new CachedClients(database, cache),
    resources: new CachedResources(database, cache),
    users: new LocalUserDirectory(database),
    serviceAccounts: new CachedServiceAccounts(database, cache),
    signingKeys: new CachedSigningKeys(database, cache),
    keySchedule: new PostgresKeySchedule(database, cache),
    sessions: new PostgresSessions(database),
    flows: new PostgresFlows(database),
    codes: new PostgresAuthorizationCodes(database),
    devices: new PostgresDeviceAuthorizations(database),
    backchannel: new PostgresBackchannelRequests(database),
    authorizations: new PostgresAuthorizations(database),
    consents: new PostgresConsents(database),
    attempts: new PostgresAttemptLimits(database),
    audit: new PostgresAuditEvents(database),
    oneTimeCodes: new PostgresOneTimeCodes(database),
    opaqueAccessTokens: new PostgresOpaqueAccessTokens(database),
    revokedTokens: new PostgresRevokedTokens(database),
    answers: new PostgresAuthorizationAnswers(database),
    pushed: new PostgresPushedRequests(database),
    usedJwts: new PostgresUsedJwts(database),
    configs: new PostgresEnvironmentConfigs(database, cache),
    close: async () => {
      await listener.stop();
      await database.close();
    },
  };
}

/** Two replicas over one database; what the contract suites of `testing` run in. */
export async function postgresWorld() {
  const scratch = await scratchDatabase();
  const replicas = [openReplica(scratch.url), openReplica(scratch.url)] as const;
  return {
    scratch,
    replicas,
    configure: async (config: EnvironmentConfig) => void (await replicas[0].configs.apply(config)),
    elapse: (seconds: number) => makeOlder(scratch, seconds),
    close: async () => {
      await Promise.all(replicas.map((replica) => replica.close()));
      await scratch.drop();
    },
  };
}

/** Time goes by when everything that was stored moves into the past: the stores compare with the database's now(). */
async function makeOlder({ query }: ScratchDatabase, seconds: number): Promise<void> {
  const columns = await query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE data_type = 'timestamp with time zone'
       AND table_name IN ('session', 'flow', 'authorization_code', 'authorization_record', 'one_time_code', 'opaque_access_token', 'pushed_request',
                          'device_authorization', 'device_user_code', 'backchannel_request', 'spent_artifact', 'signing_key')`,
  );
  for (const table of new Set(columns.map((each) => each.table))) {
    const changes = columns
      .filter((each) => each.table === table)
      .map(({ column }) => `${column} = ${column} - make_interval(secs => ${seconds})`);
    await query(`UPDATE ${table} SET ${changes.join(', ')}`);
  }
}
