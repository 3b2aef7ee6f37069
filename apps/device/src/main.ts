import { DatabaseHealth, isInfrastructureError, PersistenceModule } from '@grantway/persistence';
import { AuditModule, loadConfig, Metrics, run, startService } from '@grantway/platform';
import { Module } from '@nestjs/common';
import { DeviceConfig } from './device.config.js';
import { DeviceModule } from './device.module.js';

@Module({})
class DeviceService {}

await run(async () => {
  const config = loadConfig(DeviceConfig);
  return startService({
    name: 'device',
    config,
    isInfrastructureError,
    module: {
      module: DeviceService,
      imports: [
        PersistenceModule.forRoot({
          databaseUrl: config.databaseUrl,
          poolSize: config.databasePool,
          auditDays: config.auditDays,
          metrics: Metrics,
        }),
        AuditModule.forRoot({ name: 'device', config, isInfrastructureError }),
        DeviceModule.forRoot(config),
      ],
    },
    checks: (get) => [{ name: 'database', check: () => get(DatabaseHealth).check() }],
  });
});
