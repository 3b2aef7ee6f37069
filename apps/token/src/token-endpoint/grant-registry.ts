import { grantOptions } from '@grantway/grant-sdk';
import { Manifest } from '@grantway/grant-sdk/contract';
import { GRANTS } from '@grantway/grants';
import { Injectable, OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { GuestGrant } from './guest-grant.js';
import { LocalGrant, RegisteredGrant } from './registered-grant.js';
import { RemoteGrants } from './remote-grants/remote-grants.js';

export type { RegisteredGrant } from './registered-grant.js';

/** Every `@Grant` of the token service, found at boot, and after them the grants that others serve. */
@Injectable()
export class GrantRegistry implements OnModuleInit {
  readonly #local = new Map<string, LocalGrant | GuestGrant>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly remote: RemoteGrants,
  ) {}

  /** @throws Error when two classes claim one grant type */
  onModuleInit(): void {
    const providers = this.discovery.getProviders();
    // Where services share a process, the grants of the others are theirs to serve.
    const module = providers.find(({ instance }) => instance === this)?.host;
    for (const { metatype, instance, host } of providers) {
      const options = typeof metatype === 'function' ? grantOptions(metatype) : undefined;
      if (!options || !instance || host !== module) continue;
      if (this.#local.has(options.type)) throw new Error(`two grants claim the grant type ${options.type}`);
      const isOurs = (GRANTS as readonly unknown[]).includes(metatype);
      this.#local.set(options.type, isOurs ? new LocalGrant(options, instance) : new GuestGrant(options, instance));
    }
    this.remote.reserve(this.#local.keys());
  }

  /** `away`: somebody served it a moment ago, so somebody will again. */
  find(type: string): RegisteredGrant | 'away' | undefined {
    return this.#local.get(type) ?? this.remote.find(type);
  }

  get types(): string[] {
    return [...this.#local.keys(), ...this.remote.manifests.map(({ type }) => type)];
  }

  /** What grants that are not built in say of themselves, wherever they run. */
  get manifests(): readonly Manifest[] {
    const guests = [...this.#local.values()].filter((grant) => grant instanceof GuestGrant);
    return [...guests.map(({ manifest }) => manifest), ...this.remote.manifests];
  }
}
