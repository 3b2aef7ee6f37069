import {
  GrantSubject,
  Manifest,
  REFUSALS,
  Refusal,
  readAnnouncement,
  refusalMessage,
  slugOf,
} from '@grantway/grant-sdk';
import { ServiceBus } from '@grantway/platform';
import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { TokenConfig } from '../../token.config.js';
import { Leases } from './leases.js';
import { RemoteGrant } from './remote-grant.js';

/** Milliseconds. */
const WATCH_EVERY = 1_000;
/** So that nobody fills our memory, or our log, with refusals. */
const MOST_TOLD = 1_000;

/** The grants that run outside the token service, known by what they announce (design section 5). */
@Injectable()
export class RemoteGrants implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #leases: Leases;
  /** Refusals that were logged: each instance's once, though it announces every second. */
  readonly #told = new Set<string>();
  #watching: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: ServiceBus,
    private readonly config: TokenConfig,
  ) {
    this.#leases = new Leases({ lease: config.grantLeaseSeconds * 1_000, away: config.grantAwaySeconds * 1_000 });
  }

  onApplicationBootstrap(): void {
    this.bus.subscribe(GrantSubject.announced, (message, subject) => this.#hear(message, subject));
    this.bus.onConnect(() => this.bus.publish(GrantSubject.who, {}));
    this.#watching = setInterval(() => {
      for (const { slug, instance } of this.#leases.takeLost()) this.#log(slug, instance, 'fell silent');
    }, WATCH_EVERY).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#watching);
  }

  reserve(types: Iterable<string>): void {
    this.#leases.reserve(types);
  }

  find(type: string): RemoteGrant | 'away' | undefined {
    const manifest = this.#leases.find(type);
    if (manifest === undefined || manifest === 'away') return manifest;
    return new RemoteGrant(manifest, this.bus, this.config.grantTimeoutMs);
  }

  /** Of the grants that are served right now. */
  get manifests(): readonly Manifest[] {
    return this.#leases.live();
  }

  #hear(message: unknown, subject: string): void {
    const heard = readAnnouncement(message, subject);
    const outcome = 'refused' in heard ? heard : this.#leases.take(heard);
    if (typeof outcome === 'object') this.#refuse(subject, heard.instance, outcome);
    else if (outcome !== 'renewed') this.#log(slugOf(subject), heard.instance, outcome);
  }

  #log(slug: string | undefined, instance: string | undefined, what: string): void {
    this.bus.logger.info({ slug, instance }, `grant service ${what}`);
  }

  #refuse(
    subject: string,
    instance: string | undefined,
    { refused, place }: { refused: Refusal; place?: string },
  ): void {
    const slug = slugOf(subject);
    const told = `${subject} ${instance} ${refused}`;
    if (!this.#told.has(told)) {
      if (this.#told.size >= MOST_TOLD) this.#told.clear();
      this.#told.add(told);
      this.bus.logger.warn({ subject, instance, reason: refused, place }, `grant refused: ${REFUSALS[refused]}`);
    }
    if (slug !== undefined && instance !== undefined) {
      this.bus.publish(GrantSubject.refused(slug), refusalMessage(instance, refused));
    }
  }
}
