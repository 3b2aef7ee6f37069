import { StatefulServiceConfig } from '@grantway/platform';

/** The CIBA service needs what every service with a database needs. */
export class CibaConfig extends StatefulServiceConfig {}
