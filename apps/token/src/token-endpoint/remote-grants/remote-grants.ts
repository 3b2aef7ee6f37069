import {
  CONTRACTS,
  ContractVersion,
  GrantSubject,
  Manifest,
  REFUSALS,
  Refusal,
  readAnnouncement,
  refusalMessage,
  slugOf,
} from '@grantway/grant-sdk/contract';
import { Metrics, ServiceBus } from '@grantway/platform';
import { BeforeApplicationShutdown, Inject, Injectable, OnApplicationBootstrap, Optional } from '@nestjs/common';
import { TokenConfig } from '../../token.config.js';
import { InFlight } from './in-flight.js';
import { Leases } from './leases.js';
import { Pace } from './pace.js';
import { RemoteGrant } from './remote-grant.js';

/** Milliseconds. */
const WATCH_EVERY = 1_000;
/** So that nobody fills our memory, or our log, with refusals. */
const MOST_TOLD = 1_000;
/** Bytes; no announcement is larger. */
const LARGEST = 20_000;
/** What hearing a message costs beside its bytes. */
const MESSAGE_COST = 500;
/** Of one slug in a second: an announcement has some 700 bytes, 256 processes say one each, and another when somebody asks. */
const MOST_SAID = 700_000;
/** Lines about one slug in a minute, of each kind. */
const MOST_LOGGED = 20;
/** In a second; one that was not heard is said again. */
const MOST_REFUSED = 20;

/** The grants that run outside the token service, known by what they announce (design section 5). */
@Injectable()
export class RemoteGrants implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #leases: Leases;
  readonly #inFlight: InFlight;
  readonly #pace = new Pace(MOST_SAID, 1_000);
  readonly #logging = new Pace(MOST_LOGGED, 60_000);
  readonly #refusing = new Pace(MOST_REFUSED, 1_000);
  /** Refusals that were logged: each instance's once, though it announces every second. */
  readonly #told = new Set<string>();
  #watching: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: ServiceBus,
    private readonly config: TokenConfig,
    metrics: Metrics,
    @Optional() @Inject(Symbol('contracts')) private readonly contracts = CONTRACTS,
  ) {
    this.#inFlight = new InFlight(config.grantInFlight);
    this.#leases = new Leases({ lease: config.grantLeaseSeconds * 1_000, away: config.grantAwaySeconds * 1_000 });
    metrics.gauge(
      'grantway_grant_leases',
      'Processes that serve a grant outside the token service, as this process has heard of them.',
      ['slug'],
      (gauge) => {
        for (const { slug, processes } of this.#leases.counts()) gauge.set({ slug }, processes);
      },
    );
  }

  onApplicationBootstrap(): void {
    this.bus.subscribe(GrantSubject.announced, (content, subject, bytes) => this.#hear(content, subject, bytes));
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
    const contract = this.contracts.get(manifest.contract) as ContractVersion;
    return new RemoteGrant(manifest, contract, this.bus, this.#inFlight, this.config.grantTimeoutMs);
  }

  /** Of the grants that are served right now. */
  get manifests(): readonly Manifest[] {
    return this.#leases.live();
  }

  #hear(content: () => unknown, subject: string, bytes: number): void {
    const pace = this.#pace.take(subject, bytes + MESSAGE_COST);
    if (pace === 'exceeded') this.bus.logger.warn({ subject }, 'grant service says too much: not heard for a second');
    if (pace !== 'kept') return;
    const heard = readAnnouncement(bytes > LARGEST ? undefined : content(), subject, this.contracts);
    const outcome = 'refused' in heard ? heard : this.#leases.take(heard);
    if (typeof outcome === 'object') this.#refuse(subject, heard.instance, outcome);
    else if (outcome !== 'renewed') this.#log(slugOf(subject), heard.instance, outcome);
  }

  #log(slug: string | undefined, instance: string | undefined, what: string): void {
    if (this.#logging.take(`${slug} ${what}`) !== 'kept') return;
    this.bus.logger.info({ slug, instance }, `grant service ${what}`);
  }

  #refuse(
    subject: string,
    instance: string | undefined,
    { refused, place }: { refused: Refusal; place?: string },
  ): void {
    const slug = slugOf(subject);
    const told = `${subject} ${instance} ${refused}`;
    if (!this.#told.has(told) && this.#logging.take(`${slug} ${refused}`) === 'kept') {
      if (this.#told.size >= MOST_TOLD) this.#told.clear();
      this.#told.add(told);
      this.bus.logger.warn({ subject, instance, reason: refused, place }, `grant refused: ${REFUSALS[refused]}`);
    }
    if (slug !== undefined && instance !== undefined && this.#refusing.take(slug) === 'kept') {
      this.bus.publish(GrantSubject.refused(slug), refusalMessage(instance, refused, this.contracts));
    }
  }
}
