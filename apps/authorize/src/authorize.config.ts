import { StatefulServiceConfig } from '@grantway/platform';

/** The authorize service needs what every service with a database needs. */
export class AuthorizeConfig extends StatefulServiceConfig {}
