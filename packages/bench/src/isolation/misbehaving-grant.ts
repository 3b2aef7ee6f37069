import {
  Grant,
  type GrantHandler,
  type Issuance,
  Param,
  ScopeSet,
  startGrant,
  type TokenRequest,
} from '@grantway/grant-sdk';
import { ServiceBus } from '@grantway/platform';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

export const MISBEHAVING = 'urn:example:grant-type:misbehaving';
const SLUG = 'misbehaving';
/** Announcements that are said at one go, a hundred times a second. */
const AT_ONE_GO = 200;

class Params {
  @Param({ max: 16 })
  readonly ticket!: string;
}

/** Answers at once, or never, as `MISBEHAVE` says. */
@Injectable()
@Grant({ type: MISBEHAVING, params: Params, clients: 'confidential', slug: SLUG })
class MisbehavingGrant implements GrantHandler<Params> {
  async handle({ client }: TokenRequest<Params>): Promise<Issuance> {
    if (process.env['MISBEHAVE'] === 'hangs') await new Promise(() => {});
    return {
      authorization: { subject: { kind: 'client', id: client.id }, scope: ScopeSet.of('orders:read'), resources: [] },
    };
  }
}

/** Says under its own slug whatever comes to its mind, as fast as it can: permissions let it. */
@Injectable()
class Flood implements OnApplicationBootstrap {
  constructor(@Inject(ServiceBus) private readonly bus: ServiceBus) {}

  onApplicationBootstrap(): void {
    const junk = { contract: 1, instance: 'x'.repeat(200), state: 'here', manifest: { a: 'b'.repeat(500) } };
    setInterval(() => {
      for (let said = 0; said < AT_ONE_GO; said += 1) this.bus.publish(`grants.v1.announce.${SLUG}`, junk);
    }, 10);
  }
}

if (process.argv[1] === import.meta.filename) {
  const service = await startGrant(MisbehavingGrant, {
    providers: process.env['MISBEHAVE'] === 'floods' ? [Flood] : [],
  });
  process.once('SIGTERM', () => void service.stop().then(() => process.exit()));
}
