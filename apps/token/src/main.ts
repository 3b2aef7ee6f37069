import { MasterKey } from '@grantway/domain';
import { loadGrants } from '@grantway/grants';
import { DatabaseHealth, isInfrastructureError, PersistenceModule } from '@grantway/persistence';
import { AuditModule, loadConfig, Metrics, run, startService } from '@grantway/platform';
import { TokenSigningModule } from '@grantway/token-signing';
import { Module } from '@nestjs/common';
import { TokenConfig } from './token.config.js';
import { TokenModule } from './token.module.js';

@Module({})
class TokenService {}

await run(async () => {
  const config = loadConfig(TokenConfig);
  return startService({
    name: 'token',
    config,
    isInfrastructureError,
    module: {
      module: TokenService,
      imports: [
        PersistenceModule.forRoot({
          databaseUrl: config.databaseUrl,
          poolSize: config.databasePool,
          auditDays: config.auditDays,
          metrics: Metrics,
        }),
        AuditModule.forRoot({ name: 'token', config, isInfrastructureError }),
        TokenSigningModule.forRoot(MasterKey.parse(config.masterKey)),
        TokenModule.forRoot(config, await loadGrants(config.grants)),
      ],
    },
    checks: (get) => [{ name: 'database', check: () => get(DatabaseHealth).check() }],
  });
});
