import { GRANT_PORTS, LoadedGrants } from '@grantway/grants';
import { EventLog, Metrics } from '@grantway/platform';
import { Provider } from '@nestjs/common';
import { GrantRegistry } from './grant-registry.js';
import { TOKEN_ENDPOINT } from './pipeline.js';
import { RemoteGrants } from './remote-grants/remote-grants.js';
import { Step } from './step.js';
import { TokenEndpoint } from './token-endpoint.js';

/** The endpoint, its steps in their order, and the grants that live here. */
export const tokenEndpointProviders = ({ grants, providers }: LoadedGrants): Provider[] => [
  RemoteGrants,
  GrantRegistry,
  ...GRANT_PORTS,
  ...providers,
  ...(grants as readonly Provider[]),
  ...TOKEN_ENDPOINT,
  {
    provide: TokenEndpoint,
    useFactory: (log: EventLog, metrics: Metrics, ...steps: Step[]) => new TokenEndpoint(steps, log, metrics),
    inject: [EventLog, Metrics, ...TOKEN_ENDPOINT],
  },
];
