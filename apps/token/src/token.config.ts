import { StatefulServiceConfig } from '@grantway/platform';

/** The token service needs what every service with a database needs. */
export class TokenConfig extends StatefulServiceConfig {}
