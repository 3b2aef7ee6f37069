import { Announcement, homeOf, Manifest, maySpend, Refusal } from '@grantway/grant-sdk/contract';
import { GrantType } from '@grantway/protocol';

/** Milliseconds. */
export interface LeaseTimes {
  /** A process that says nothing for this long serves no more. */
  readonly lease: number;
  /** A grant that nobody serves is waited for this long; after that it is unknown. */
  readonly away: number;
}

/** These never leave the token service, whether it has them or not. */
const RESERVED: readonly string[] = [
  GrantType.AuthorizationCode,
  GrantType.RefreshToken,
  GrantType.Implicit,
  GrantType.JwtBearer,
];

/** Processes of one slug; more are no deployment anybody runs. */
const MOST_INSTANCES = 256;
/** Grant types that one slug serves, or did lately. */
const MOST_TYPES = 4;
/** Slugs; a bus with permissions has far fewer. */
const MOST_SLUGS = 1_000;

interface Lease {
  readonly manifest: Manifest;
  readonly until: number;
}

/** Who serves which grant, by what they last said. A slug is served while any of its processes lives. */
export class Leases {
  /** By slug, then by instance; the instance that came last is last. */
  readonly #slugs = new Map<string, Map<string, Lease>>();
  /** When a grant type was last served, and under which slug. */
  readonly #seen = new Map<string, { readonly slug: string; readonly at: number }>();
  #lost: { readonly slug: string; readonly instance: string }[] = [];
  readonly #reserved = new Set(RESERVED);
  readonly #since: number;

  /** @param now milliseconds that only go up */
  constructor(
    private readonly times: LeaseTimes,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#since = now();
  }

  /** The token service's own, which nobody else may serve. */
  reserve(types: Iterable<string>): void {
    for (const type of types) this.#reserved.add(type);
  }

  /** @returns what is new, if anything is; or why the announcement is not taken */
  take(announcement: Announcement): 'arrived' | 'left' | 'renewed' | { readonly refused: Refusal } {
    this.#forget();
    if (announcement.state === 'leaving') {
      const { slug, instance } = announcement;
      return this.#slugs.get(slug)?.delete(instance) ? 'left' : 'renewed';
    }
    const { manifest, instance } = announcement;
    const refused = this.#refusal(manifest, instance);
    if (refused) return { refused };
    const instances = this.#slugs.get(manifest.slug) ?? new Map<string, Lease>();
    this.#slugs.set(manifest.slug, instances);
    const known = instances.has(instance);
    instances.set(instance, { manifest, until: this.now() + this.times.lease });
    this.#seen.set(manifest.type, { slug: manifest.slug, at: this.now() });
    return known ? 'renewed' : 'arrived';
  }

  /** The manifest of the newest process that serves this type; `away` when somebody did lately, or may be about to say so. */
  find(type: string): Manifest | 'away' | undefined {
    const manifest = this.live().find((manifest) => manifest.type === type);
    if (manifest) return manifest;
    if (this.#reserved.has(type)) return undefined;
    if (this.#seen.has(type)) return 'away';
    // Just started, we may not have heard of it yet.
    return this.now() - this.#since < this.times.lease ? 'away' : undefined;
  }

  /** One manifest per slug, in the order of their types. */
  live(): Manifest[] {
    this.#forget();
    const newest = [...this.#slugs.values()].flatMap((instances) => [...instances.values()].at(-1)?.manifest ?? []);
    return newest.sort((one, other) => (one.type < other.type ? -1 : 1));
  }

  /** How many processes serve each slug. */
  counts(): { readonly slug: string; readonly processes: number }[] {
    this.#forget();
    return [...this.#slugs].map(([slug, instances]) => ({ slug, processes: instances.size }));
  }

  /** Whose lease ended since this was last asked, without a goodbye. */
  takeLost(): readonly { readonly slug: string; readonly instance: string }[] {
    this.#forget();
    const lost = this.#lost;
    this.#lost = [];
    return lost;
  }

  #refusal({ slug, type, spends }: Manifest, instance: string): Refusal | undefined {
    if (this.#reserved.has(type)) return 'type_reserved';
    if (homeOf(type) !== slug) return 'type_foreign';
    if (spends !== undefined && !maySpend(type, spends)) return 'spends_foreign';
    const instances = this.#slugs.get(slug);
    if (instances && !instances.has(instance) && instances.size >= MOST_INSTANCES) return 'too_many';
    if (!instances && this.#slugs.size >= MOST_SLUGS) return 'too_many';
    return this.#seen.has(type) || this.#typesOf(slug) < MOST_TYPES ? undefined : 'too_many';
  }

  #typesOf(slug: string): number {
    return [...this.#seen.values()].filter((seen) => seen.slug === slug).length;
  }

  #forget(): void {
    const now = this.now();
    for (const [slug, instances] of this.#slugs) {
      for (const [instance, { manifest, until }] of instances) {
        if (until > now) this.#seen.set(manifest.type, { slug, at: now });
        else {
          instances.delete(instance);
          this.#lost.push({ slug, instance });
        }
      }
      if (instances.size === 0) this.#slugs.delete(slug);
    }
    for (const [type, { at }] of this.#seen) {
      if (now - at >= this.times.away) this.#seen.delete(type);
    }
  }
}
