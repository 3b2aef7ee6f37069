import { MasterKey } from '@grantway/domain';
import { DatabaseHealth, isInfrastructureError, PersistenceModule } from '@grantway/persistence';
import { loadConfig, run, startService } from '@grantway/platform';
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
        PersistenceModule.forRoot({ databaseUrl: config.databaseUrl, poolSize: config.databasePool }),
        TokenSigningModule.forRoot(MasterKey.parse(config.masterKey)),
        AuthorizeModule.forRoot(config),
      ],
    },
    checks: (get) => [{ name: 'database', check: () => get(DatabaseHealth).check() }],
  });
});
