import { MasterKey } from '@grantway/domain';
import { DatabaseHealth, isInfrastructureError, PersistenceModule } from '@grantway/persistence';
import { AuditModule, loadConfig, Metrics, run, startService } from '@grantway/platform';
import { TokenSigningModule } from '@grantway/token-signing';
import { Module } from '@nestjs/common';
import { AuthorizeConfig } from './authorize.config.js';
import { AuthorizeModule } from './authorize.module.js';

@Module({})
class AuthorizeService {}

await run(async () => {
  const config = loadConfig(AuthorizeConfig);
  return startService({
    name: 'authorize',
    config,
    isInfrastructureError,
    module: {
      module: AuthorizeService,
      imports: [
        PersistenceModule.forRoot({
          databaseUrl: config.databaseUrl,
          poolSize: config.databasePool,
          auditDays: config.auditDays,
          metrics: Metrics,
        }),
        AuditModule.forRoot({
          name: 'authorize',
          config,
          isInfrastructureError,
          stream: config.auditStream === 'true',
        }),
        TokenSigningModule.forRoot(MasterKey.parse(config.masterKey)),
        AuthorizeModule.forRoot(config),
      ],
    },
    checks: (get) => [{ name: 'database', check: () => get(DatabaseHealth).check() }],
  });
});
