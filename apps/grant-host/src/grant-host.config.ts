import { FromEnv, StatefulServiceConfig } from '@grantway/platform';
import { Matches } from 'class-validator';

/** What every service with a database needs, and which grants run here. */
export class GrantHostConfig extends StatefulServiceConfig {
  @FromEnv(
    'GRANTS',
    'The grants that run here, separated by commas: built-in ones by slug (token-exchange), others as ES modules.',
  )
  @Matches(/\S/, { message: 'grants must name at least one grant' })
  grants!: string;
}
