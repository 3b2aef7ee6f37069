import { GrantHandler, GrantOptions, grantOptions } from '@grantway/grant-sdk';
import { Injectable, OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

export interface RegisteredGrant {
  readonly options: GrantOptions<object>;
  readonly handler: GrantHandler<object>;
}

/** Every `@Grant` of this process, found at boot. */
@Injectable()
export class GrantRegistry implements OnModuleInit {
  readonly #grants = new Map<string, RegisteredGrant>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error when two classes claim one grant type */
  onModuleInit(): void {
    for (const { metatype, instance } of this.discovery.getProviders()) {
      const options = typeof metatype === 'function' ? grantOptions(metatype) : undefined;
      if (!options || !instance) continue;
      if (this.#grants.has(options.type)) throw new Error(`two grants claim the grant type ${options.type}`);
      this.#grants.set(options.type, { options, handler: instance });
    }
  }

  find(type: string): RegisteredGrant | undefined {
    return this.#grants.get(type);
  }

  get types(): string[] {
    return [...this.#grants.keys()];
  }
}
