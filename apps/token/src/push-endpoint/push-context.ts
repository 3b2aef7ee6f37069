import { BackchannelPush, HttpCall } from '@grantway/contracts';
import { ApprovedPush, Environment } from '@grantway/domain';
import { TokenContext } from '../token-endpoint/token-context.js';

/** What the pipeline knows of tokens that nobody came to fetch. */
export class PushContext extends TokenContext {
  readonly authReqId: string;
  /** FindPush. */
  push!: ApprovedPush;

  constructor(message: BackchannelPush, environment: Environment, issuer: string) {
    super(callOf(message), environment, issuer);
    this.authReqId = message.authReqId;
  }
}

/** No request of a client's came in, so there is nothing in it. */
function callOf({ environmentId, requestId, deadline }: BackchannelPush): HttpCall {
  const receivedAt = Date.now();
  return {
    ...{ environmentId, requestId, deadline, receivedAt, method: 'POST', ip: 'internal' },
    ...{ query: {}, form: {}, cookies: {} },
  };
}
