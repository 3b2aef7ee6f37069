import { randomUUID } from 'node:crypto';
import { Metrics, ServiceBus } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { grantOptions } from '../grant.decorator.js';
import { GrantHandler } from '../grant-handler.js';
import { announcementMessage, REFUSALS, readRefusal } from './announcement.js';
import { encodeError, encodeIssuance, readReply } from './decide-reply.js';
import { DecideMessage, decodeRequest } from './decide-request.js';
import { Manifest, manifestOf } from './manifest.js';
import { ANNOUNCE_EVERY_MS, GrantSubject } from './subjects.js';

/**
 * Serves one grant from this process: announces it, keeps its lease, answers for it, says goodbye (design section 5).
 * Nest calls the two methods named as its lifecycle hooks; without Nest, call them.
 */
export class GrantHost {
  readonly manifest: Manifest;
  readonly #params: new () => object;
  readonly #instance = randomUUID();
  readonly #decisions: ReturnType<Metrics['histogram']>;
  #timer: NodeJS.Timeout | undefined;
  #told: string | undefined;

  /** @throws Error when the class is no grant, or none that can be announced */
  constructor(
    type: new (...args: never[]) => GrantHandler<object>,
    private readonly handler: GrantHandler<object>,
    private readonly bus: ServiceBus,
    metrics: Metrics,
    private readonly every = ANNOUNCE_EVERY_MS,
  ) {
    const options = grantOptions(type);
    if (!options) throw new Error(`${type.name} has no @Grant`);
    this.manifest = manifestOf(options);
    this.#params = options.params;
    this.#decisions = metrics.histogram(
      'grantway_grant_decision_seconds',
      'How long a grant took to decide, by its answer: issued, the code of an OAuth error, or fault.',
      ['grant_type', 'outcome'],
    );
  }

  onApplicationBootstrap(): void {
    const { slug } = this.manifest;
    // Served before it is announced: whoever hears of it may ask.
    this.bus.serve(GrantSubject.decide(slug), `grant-${slug}`, DecideMessage, (message) => this.decide(message));
    this.bus.subscribe(GrantSubject.who, () => this.#announce());
    this.bus.subscribe(GrantSubject.refused(slug), (content) => this.#refused(content()));
    this.#timer = setInterval(() => this.#say('here'), this.every);
    this.#timer.unref();
    this.bus.onConnect(() => this.#announce());
  }

  /** Before the bus is drained: what is in hand is still answered. */
  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#say('leaving');
  }

  /** @throws what is no OAuthError; the bus makes a fault of it, or an outage */
  async decide(message: DecideMessage): Promise<object> {
    const took = this.#decisions.startTimer({ grant_type: this.manifest.type });
    let outcome = 'fault';
    try {
      const issuance = await this.handler.handle(decodeRequest(this.#params, message));
      outcome = 'issued';
      return checked(this.manifest, encodeIssuance(issuance));
    } catch (error) {
      if (!OAuthError.is(error)) throw error;
      outcome = error.code;
      return checked(this.manifest, encodeError(error));
    } finally {
      took({ outcome });
    }
  }

  /** Who has said goodbye does not come back while what is in hand is finished. */
  #announce(): void {
    if (this.#timer) this.#say('here');
  }

  #say(state: 'here' | 'leaving'): void {
    this.bus.publish(
      GrantSubject.announce(this.manifest.slug),
      announcementMessage(this.#instance, state, this.manifest),
    );
  }

  #refused(message: unknown): void {
    const refusal = readRefusal(message, this.#instance);
    if (!refusal || refusal.refused === this.#told) return;
    this.#told = refusal.refused;
    const { slug, type, contract } = this.manifest;
    this.bus.logger.error(
      { slug, grant_type: type, contract, contract_there: refusal.speaks, reason: refusal.refused },
      `the token service refuses this grant: ${REFUSALS[refusal.refused]}`,
    );
  }
}

/** What the token service would not take is a bug here, and its trace belongs into the log here. */
function checked(manifest: Manifest, reply: object): object {
  try {
    readReply(manifest, reply);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
  }
  return reply;
}
