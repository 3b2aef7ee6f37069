import { MasterKey } from '@grantway/domain';
import { loadGrants } from '@grantway/grants';
import { DatabaseHealth, isInfrastructureError, PersistenceModule } from '@grantway/persistence';
import { loadConfig, Metrics, run, startService } from '@grantway/platform';
import { TokenSigningModule } from '@grantway/token-signing';
import { Module } from '@nestjs/common';
import { GrantHostConfig } from './grant-host.config.js';
import { GrantHostModule } from './grant-host.module.js';

@Module({})
class GrantHostService {}

await run(async () => {
  const config = loadConfig(GrantHostConfig);
  const grants = await loadGrants(config.grants);
  return startService({
    name: 'grant-host',
    config,
    isInfrastructureError: (error) => isInfrastructureError(error) || grants.isInfrastructureError(error),
    module: {
      module: GrantHostService,
      imports: [
        PersistenceModule.forRoot({
          databaseUrl: config.databaseUrl,
          poolSize: config.databasePool,
          auditDays: config.auditDays,
          metrics: Metrics,
        }),
        TokenSigningModule.forRoot(MasterKey.parse(config.masterKey)),
        GrantHostModule.forRoot(config, grants),
      ],
    },
    checks: (get) => [{ name: 'database', check: () => get(DatabaseHealth).check() }],
  });
});
