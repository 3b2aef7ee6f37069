import { StatefulServiceConfig } from '@grantway/platform';

/** The device service needs what every service with a database needs. */
export class DeviceConfig extends StatefulServiceConfig {}
