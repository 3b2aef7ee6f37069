import {
  BACKCHANNEL_TASK,
  BackchannelJob,
  BackchannelNotification,
  BackchannelRequests,
  Clients,
  Environments,
  Outbound,
  OutboundReply,
  OutboundTrouble,
  SecretBox,
} from '@grantway/domain';
import { JobGivenUp, JobHandler, JobRunner } from '@grantway/persistence';
import { EventFields, EventLog } from '@grantway/platform';
import { GrantType } from '@grantway/protocol';
import { Payloads } from './payloads.js';

/** Answers that ask for another try; every other refusal is final (CB-06). */
const AGAIN_LATER = new Set([408, 425, 429]);

/**
 * Tells clients that somebody decided (ping, CIBA Core §10.2), or brings them the outcome (push, §10.3, §12). The job was enqueued
 * by the statement that decided, and is done at least once (I7).
 */
export class Notifier implements JobHandler<BackchannelJob> {
  readonly task = BACKCHANNEL_TASK;

  constructor(
    private readonly requests: BackchannelRequests,
    private readonly environments: Environments,
    private readonly clients: Clients,
    private readonly payloads: Payloads,
    private readonly outbound: Outbound,
    private readonly box: SecretBox,
    private readonly log: EventLog,
    jobs: JobRunner,
  ) {
    jobs.register(this);
  }

  async run({ environmentId, id }: BackchannelJob): Promise<void> {
    const notification = await this.requests.notification(environmentId, id);
    // Delivered by an attempt that was thought lost.
    if (!notification) return;
    try {
      await this.#deliver(notification);
    } catch (error) {
      // DR-05: an address that may never be called will not be allowed by the next attempt.
      if (error instanceof OutboundTrouble && error.kind === 'refused') throw new JobGivenUp(error.message);
      if (!(error instanceof JobGivenUp)) await this.#record(notification, troubleOf(error), false);
      throw error;
    }
    await this.requests.recordNotification(environmentId, id, { delivered: true });
    this.log.done({ environmentId }, 'backchannel.notify', fieldsOf(notification));
  }

  async giveUp({ environmentId, id }: BackchannelJob, error: unknown): Promise<void> {
    const notification = await this.requests.notification(environmentId, id);
    if (!notification) return;
    const trouble = troubleOf(error);
    await this.#record(notification, trouble, true);
    this.log.done({ environmentId }, 'backchannel.notify', { ...fieldsOf(notification), reason: trouble }, 'given_up');
  }

  async #deliver(notification: BackchannelNotification): Promise<void> {
    const { environmentId, clientId } = notification;
    const environment = await this.environments.find(environmentId);
    const client = await this.clients.find(environmentId, clientId);
    const url = client?.backchannel.notificationEndpoint;
    if (!environment?.enabled || !client?.enabled || !client.grantTypes.includes(GrantType.Ciba)) {
      throw new JobGivenUp('the client may not be told any more');
    }
    if (url === undefined) throw new JobGivenUp('the client has no notification endpoint any more');
    const owner = `${environmentId}/${clientId}`;
    const open = (sealed: string) => this.box.open(Buffer.from(sealed, 'base64url'), owner);
    const payload = await this.payloads.of(notification, open(notification.sealedAuthReqId));
    if (!payload) return;
    const reply = await this.outbound.call({
      url,
      method: 'POST',
      headers: {
        authorization: `Bearer ${open(notification.sealedNotificationToken)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(payload),
      ignoreBody: true,
      privateAddresses: environment.outbound.privateAddresses,
    });
    requireTaken(reply);
  }

  #record({ environmentId, id }: BackchannelNotification, trouble: string, givenUp: boolean): Promise<void> {
    return this.requests.recordNotification(environmentId, id, { delivered: false, trouble, givenUp });
  }
}

/** CB-06: a redirect is not followed, and what the client says beside its status is not read. */
function requireTaken({ status }: OutboundReply): void {
  if (status >= 200 && status < 300) return;
  const trouble = `it answered ${status}`;
  throw status >= 500 || AGAIN_LATER.has(status) ? new OutboundTrouble('failed', trouble) : new JobGivenUp(trouble);
}

/** In words that may be stored: ours are, those of a library might hold anything. */
function troubleOf(error: unknown): string {
  if (error instanceof OutboundTrouble || error instanceof JobGivenUp) return error.message;
  return error instanceof Error ? `trouble of ours (${error.name})` : 'trouble of ours';
}

function fieldsOf({ clientId, id, delivery, outcome }: BackchannelNotification): EventFields {
  return { client_id: clientId, backchannel_request: id, delivery, verdict: outcome };
}
