import { grantOptions } from '@grantway/grant-sdk';
import { GRANTS } from '@grantway/grants';
import { FromEnv, StatefulServiceConfig } from '@grantway/platform';
import { IsInt, Matches, Max, Min } from 'class-validator';

/** What every service with a database needs, and how patient it is with grants that run elsewhere. */
export class TokenConfig extends StatefulServiceConfig {
  @FromEnv(
    'GRANTS',
    'The grants that live in the token service, separated by commas: built-in ones by slug, others as ES modules. A built-in one left out may run in grant-host.',
  )
  @Matches(/\S/, { message: 'grants must name at least one grant' })
  grants = GRANTS.map((grant) => grantOptions(grant)?.slug).join(',');

  @FromEnv('GRANT_LEASE_SECONDS', 'A grant service that says nothing for so long is taken for gone.')
  @IsInt()
  @Min(2)
  @Max(60)
  grantLeaseSeconds = 5;

  @FromEnv('GRANT_AWAY_SECONDS', 'So long a grant that is gone is answered for with 503; then it is unknown.')
  @IsInt()
  @Min(0)
  @Max(3_600)
  grantAwaySeconds = 60;

  @FromEnv('GRANT_TIMEOUT_MS', 'Most milliseconds a grant service may take to decide.')
  @IsInt()
  @Min(50)
  @Max(60_000)
  grantTimeoutMs = 3_000;

  @FromEnv(
    'GRANT_IN_FLIGHT',
    'Most questions one grant service may leave unanswered; the next are answered 503 at once.',
  )
  @IsInt()
  @Min(1)
  @Max(10_000)
  grantInFlight = 100;
}
