import { MasterKey } from '@grantway/domain';
import { DatabaseHealth, isInfrastructureError, PersistenceModule } from '@grantway/persistence';
import { AuditModule, loadConfig, Metrics, OutboundModule, run, startService } from '@grantway/platform';
import { TokenSigningModule } from '@grantway/token-signing';
import { Module } from '@nestjs/common';
import { CibaConfig } from './ciba.config.js';
import { CibaModule } from './ciba.module.js';

@Module({})
class CibaService {}

await run(async () => {
  const config = loadConfig(CibaConfig);
  return startService({
    name: 'ciba',
    config,
    isInfrastructureError,
    module: {
      module: CibaService,
      imports: [
        PersistenceModule.forRoot({
          databaseUrl: config.databaseUrl,
          poolSize: config.databasePool,
          auditDays: config.auditDays,
          metrics: Metrics,
        }),
        AuditModule.forRoot({ name: 'ciba', config, isInfrastructureError }),
        TokenSigningModule.forRoot(MasterKey.parse(config.masterKey)),
        OutboundModule,
        CibaModule.forRoot(config),
      ],
    },
    checks: (get) => [{ name: 'database', check: () => get(DatabaseHealth).check() }],
  });
});
