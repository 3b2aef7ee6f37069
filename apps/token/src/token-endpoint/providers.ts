import { GRANTS } from '@grantway/grants';
import { EventLog } from '@grantway/platform';
import { Provider } from '@nestjs/common';
import { GRANT_PORTS } from './grant-ports.js';
import { GrantRegistry } from './grant-registry.js';
import { TOKEN_ENDPOINT } from './pipeline.js';
import { RemoteGrants } from './remote-grants/remote-grants.js';
import { Step } from './step.js';
import { TokenEndpoint } from './token-endpoint.js';

/** The endpoint, its steps in their order, and every built-in grant. */
export const TOKEN_ENDPOINT_PROVIDERS: Provider[] = [
  RemoteGrants,
  GrantRegistry,
  ...GRANT_PORTS,
  ...GRANTS,
  ...TOKEN_ENDPOINT,
  {
    provide: TokenEndpoint,
    useFactory: (log: EventLog, ...steps: Step[]) => new TokenEndpoint(steps, log),
    inject: [EventLog, ...TOKEN_ENDPOINT],
  },
];
