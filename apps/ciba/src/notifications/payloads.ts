import { randomUUID } from 'node:crypto';
import { BackchannelPush, BackchannelPushAnswer, Subject } from '@grantway/contracts';
import { BackchannelNotification } from '@grantway/domain';
import { Bus } from '@grantway/platform';
import { Injectable } from '@nestjs/common';

/** Milliseconds; what a client's endpoint may take comes on top, and both have to fit into a job's time. */
const PATIENCE = 4_000;

/** What a notification says. */
@Injectable()
export class Payloads {
  constructor(private readonly bus: Bus) {}

  /** Undefined when the client has what it is to be told already. */
  async of(
    notification: BackchannelNotification,
    authReqId: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    if (notification.delivery === 'ping') return { auth_req_id: authReqId }; // CIBA Core §10.2
    switch (notification.outcome) {
      case 'denied':
        return failure(authReqId, 'access_denied', 'the user said no');
      case 'expired':
        return failure(authReqId, 'expired_token', 'nobody decided in time');
      case 'approved':
        return this.#tokens(notification, authReqId);
    }
  }

  /** CIBA Core §10.3.1. Minted by the token service, whose limits hold here as well; asking again is no error (apps/token/adr/0003). */
  async #tokens({ environmentId }: BackchannelNotification, authReqId: string) {
    const message: BackchannelPush = {
      ...{ environmentId, authReqId },
      requestId: randomUUID(),
      deadline: Date.now() + PATIENCE,
    };
    const answer = await this.bus.request<BackchannelPushAnswer>(Subject.BackchannelPush, message);
    switch (answer.kind) {
      case 'tokens':
        return { auth_req_id: authReqId, ...answer.tokens };
      case 'refused':
        return failure(authReqId, answer.error, 'the request can no longer be granted');
      case 'done':
        return undefined;
    }
  }
}

/** CIBA Core §12. */
function failure(authReqId: string, error: string, description: string) {
  return { auth_req_id: authReqId, error, error_description: description };
}
