import { EventLog } from '@grantway/platform';
import { Provider } from '@nestjs/common';
import { PUSH } from '../token-endpoint/pipeline.js';
import { Step } from '../token-endpoint/step.js';
import { FindPush } from './find-push.step.js';
import { PushEndpoint } from './push-endpoint.js';
import { RecallMinted } from './recall-minted.step.js';

/** The endpoint and the steps of its own; the others it shares with the token endpoint. */
export const PUSH_PROVIDERS: Provider[] = [
  FindPush,
  RecallMinted,
  {
    provide: PushEndpoint,
    useFactory: (log: EventLog, ...steps: Step[]) => new PushEndpoint(steps, log),
    inject: [EventLog, ...PUSH],
  },
];
