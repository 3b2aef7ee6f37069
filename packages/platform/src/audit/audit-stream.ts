import { setTimeout as sleep } from 'node:timers/promises';
import { AuditEvent, AuditEvents, auditDocument } from '@grantway/domain';
import type { JetStreamClient } from '@nats-io/jetstream';
import { connect, NatsConnection } from '@nats-io/transport-node';
import { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { BusIdentity } from '../bus/bus-identity.js';
import { tlsOptions } from '../bus/bus-tls.js';
import { Logger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';

export const AUDIT_STREAM = 'GRANTWAY_AUDIT';

/** An environment's id is one word of a subject. */
const subjectOf = ({ environmentId }: AuditEvent): string => `audit.v1.${environmentId}`;

/** Events that are under way to the stream at once. */
const TOGETHER = 200;
/** All in milliseconds. */
const IDLE = 500;
const AGAIN = 1_000;
const LONGEST_AGAIN = 30_000;
const CONNECT_TIMEOUT = 3_000;
/** Less than a process may have a batch in hand. */
const ACK_TIMEOUT = 5_000;

const NANOSECONDS = 1_000_000;
const MINUTE = 60_000 * NANOSECONDS;
/** What is handed on a second time within it is not kept twice. */
const DUPLICATES_WITHIN = 10 * MINUTE;
/** The table is what is kept; the stream is for following. */
const KEPT_ON_STREAM = 7 * 24 * 60 * MINUTE;

export interface AuditStreamOptions {
  readonly events: AuditEvents;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where the stream is, and who we are there; absent: nothing is handed on. */
  readonly server?: {
    readonly url: string;
    readonly name: string;
    readonly identity?: BusIdentity;
    readonly caFile?: string;
  };
}

/**
 * Hands audit events on to the JetStream stream `GRANTWAY_AUDIT`, read from the table: at least once each, with the event's id as the
 * message's. On a connection of its own, so that requests have nothing to do with it. Of all processes one does it at a time.
 */
export class AuditStream implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #handedOn: ReturnType<Metrics['counter']>;
  #running: Promise<void> | undefined;
  #connection: NatsConnection | undefined;
  #stream: JetStreamClient | undefined;
  #again = 0;

  constructor(private readonly options: AuditStreamOptions) {
    const help = 'Audit events handed on to the stream.';
    this.#handedOn = options.metrics.counter('grantway_audit_handed_on_total', help, []);
  }

  onApplicationBootstrap(): void {
    this.#running ??= this.#run();
  }

  /** What is not handed on yet is for another process, or the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#connection?.close().catch(() => {});
  }

  async #run(): Promise<void> {
    let told = false;
    while (!this.#stopping.signal.aborted) {
      try {
        if (!told) await this.options.events.follow(this.options.server !== undefined);
        told = true;
        if (!this.options.server) return;
        const count = await this.#round();
        if (this.#again > 0) this.options.logger.info('audit stream: events are handed on');
        this.#again = 0;
        await this.#pause(count === TOGETHER ? 0 : IDLE);
      } catch (error) {
        await this.#troubled(error);
      }
    }
  }

  async #round(): Promise<number | undefined> {
    this.#stream ??= await this.#open();
    const stream = this.#stream;
    return this.options.events.handOn(TOGETHER, async (events) => {
      await Promise.all(
        events.map((event) =>
          stream.publish(subjectOf(event), JSON.stringify(auditDocument(event)), {
            msgID: event.id,
            timeout: ACK_TIMEOUT,
          }),
        ),
      );
      this.#handedOn.inc(events.length);
    });
  }

  /** An operator's own settings of the stream stay as they are: it is made where it is not, and never changed. */
  async #open(): Promise<JetStreamClient> {
    const connection = await this.#connect();
    // Only where it is wanted: most processes have no stream.
    const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ACK_TIMEOUT });
    try {
      await manager.streams.info(AUDIT_STREAM);
    } catch (error) {
      if ((error as { status?: number; code?: number }).code !== STREAM_NOT_FOUND) throw error;
      await manager.streams.add({
        ...{ name: AUDIT_STREAM, subjects: ['audit.v1.*'] },
        ...{ max_age: KEPT_ON_STREAM, duplicate_window: DUPLICATES_WITHIN },
      });
    }
    return jetstream(connection, { timeout: ACK_TIMEOUT });
  }

  async #connect(): Promise<NatsConnection> {
    if (this.#connection && !this.#connection.isClosed()) return this.#connection;
    const { server } = this.options;
    if (!server) throw new Error('there is no server');
    this.#connection = await connect({
      servers: server.url,
      name: `${server.name}-audit`,
      inboxPrefix: `_INBOX.${server.name}`,
      timeout: CONNECT_TIMEOUT,
      // Opened again with the next round, which knows what to say of it.
      reconnect: false,
      pingInterval: 3_000,
      maxPingOut: 2,
      ...(server.identity && { authenticator: server.identity.authenticator }),
      ...tlsOptions(server.url, server.caFile),
    });
    return this.#connection;
  }

  /** Said once for each outage; the events wait in the table. */
  async #troubled(error: unknown): Promise<void> {
    this.#stream = undefined;
    await this.#connection?.close().catch(() => {});
    if (this.#again === 0 && this.options.server) {
      this.options.logger.warn({ err: error }, 'audit stream: events are not handed on, and wait in the table');
    }
    this.#again = Math.min(LONGEST_AGAIN, Math.max(AGAIN, this.#again * 2));
    await this.#pause(this.#again);
  }

  #pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

/** JetStream's own code; its status is 404 for other things as well. */
const STREAM_NOT_FOUND = 10_059;
