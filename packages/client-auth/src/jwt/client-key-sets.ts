import { Client, Outbound, OutboundPolicy, OutboundTrouble } from '@grantway/domain';
import { Jwk } from './algorithms.js';
import { parseStrictObject } from './strict-json.js';

/** All in milliseconds. */
const FRESH = 5 * 60_000;
/** How long the last known keys stand in for a site that is away. */
const STALE = 60 * 60_000;
/** Anybody can make us look for a key that is not there; its site is asked no more often than this. */
const BETWEEN_FETCHES = 10_000;
/** Less than a request may take: a site that is slow is the client's trouble, not ours. The answer still counts when it comes. */
const PATIENCE = 2_000;
const MOST_SITES = 500;

interface Site {
  keys: readonly Jwk[];
  fetchedAt: number;
  askedAt: number;
  fetching?: Promise<void>;
  trouble?: OutboundTrouble;
}

/** The public keys of clients: registered, or served at an address of their own and kept for a while. */
export class ClientKeySets {
  readonly #sites = new Map<string, Site>();

  constructor(
    private readonly outbound: Outbound,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * The client's keys that are `wanted`; a site is asked again when it has none of them.
   * @throws OutboundTrouble when the site was never reached, or not for an hour
   */
  async find(client: Client, policy: OutboundPolicy, wanted: (key: Jwk) => boolean): Promise<readonly Jwk[]> {
    if (!client.keys) return [];
    if ('jwks' in client.keys) return client.keys.jwks.keys.filter(wanted);
    const site = this.#site(`${client.environmentId} ${policy.privateAddresses} ${client.keys.jwksUri}`);
    const isFresh = this.now() - site.fetchedAt < FRESH;
    if (!isFresh || !site.keys.some(wanted)) await this.#refresh(site, client.keys.jwksUri, policy);
    if (this.now() - site.fetchedAt < STALE) return site.keys.filter(wanted);
    throw site.trouble ?? new OutboundTrouble('failed', 'the key set is still being fetched');
  }

  #site(name: string): Site {
    const site = this.#sites.get(name) ?? {
      keys: [],
      fetchedAt: Number.NEGATIVE_INFINITY,
      askedAt: Number.NEGATIVE_INFINITY,
    };
    this.#sites.delete(name);
    this.#sites.set(name, site);
    const [oldest] = this.#sites.keys();
    if (this.#sites.size > MOST_SITES && oldest !== undefined) this.#sites.delete(oldest);
    return site;
  }

  async #refresh(site: Site, url: string, { privateAddresses }: OutboundPolicy): Promise<void> {
    if (!site.fetching) {
      if (this.now() - site.askedAt < BETWEEN_FETCHES) return;
      site.askedAt = this.now();
      site.fetching = this.#fetch(site, url, privateAddresses).finally(() => {
        delete site.fetching;
      });
    }
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE);
    });
    await Promise.race([site.fetching, patience]).finally(() => clearTimeout(timer));
  }

  async #fetch(site: Site, url: string, privateAddresses: boolean): Promise<void> {
    try {
      const headers = { accept: 'application/jwk-set+json, application/json' };
      const { status, body } = await this.outbound.call({ url, method: 'GET', headers, privateAddresses });
      const keys = status === 200 ? parseStrictObject(body)?.['keys'] : undefined;
      if (!Array.isArray(keys)) throw new OutboundTrouble('failed', 'the answer is no key set');
      site.keys = keys.filter((key) => typeof key === 'object' && key !== null);
      site.fetchedAt = this.now();
      delete site.trouble;
    } catch (error) {
      if (!(error instanceof OutboundTrouble)) throw error;
      site.trouble = error;
    }
  }
}
