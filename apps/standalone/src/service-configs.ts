import { AuthorizeConfig } from '@grantway/authorize';
import { CibaConfig } from '@grantway/ciba';
import { DeviceConfig } from '@grantway/device';
import { GatewayConfig } from '@grantway/gateway';
import { TokenConfig } from '@grantway/token';
import { StandaloneConfig } from './standalone.config.js';

/** What the services share once address, database and key are known. */
export interface Installation {
  readonly config: StandaloneConfig;
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly masterKey: string;
}

/** The configuration each service would have read from its own environment. */
export function serviceConfigs({ config, publicUrl, databaseUrl, masterKey }: Installation) {
  const common = { publicUrl, logLevel: config.logLevel };
  const stateful = { ...common, databaseUrl, masterKey };
  return {
    gateway: Object.assign(new GatewayConfig(), common, {
      port: config.port,
      trustedProxyHops: config.trustedProxyHops,
    }),
    authorize: Object.assign(new AuthorizeConfig(), stateful),
    token: Object.assign(new TokenConfig(), stateful, config.grants !== undefined && { grants: config.grants }),
    device: Object.assign(new DeviceConfig(), stateful),
    ciba: Object.assign(new CibaConfig(), stateful),
  };
}
