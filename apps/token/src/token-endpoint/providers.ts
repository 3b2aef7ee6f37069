import { GRANTS } from '@grantway/grants';
import { EventLog } from '@grantway/platform';
import { Provider } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { GrantRegistry } from './grant-registry.js';
import { IdTokens } from './id-tokens.js';
import { TOKEN_ENDPOINT } from './pipeline.js';
import { Step } from './step.js';
import { TokenEndpoint } from './token-endpoint.js';

/** The endpoint, its steps in their order, and every built-in grant. */
export const TOKEN_ENDPOINT_PROVIDERS: Provider[] = [
  GrantRegistry,
  AccessTokens,
  IdTokens,
  ...GRANTS,
  ...TOKEN_ENDPOINT,
  {
    provide: TokenEndpoint,
    useFactory: (log: EventLog, ...steps: Step[]) => new TokenEndpoint(steps, log),
    inject: [EventLog, ...TOKEN_ENDPOINT],
  },
];
