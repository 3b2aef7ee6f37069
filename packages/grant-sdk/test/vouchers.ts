import { randomUUID } from 'node:crypto';
import { OAuthError, ScopeSet } from '@grantway/protocol';
import { Grant } from '../src/grant.decorator.js';
import type { GrantHandler, TokenRequest } from '../src/grant-handler.js';
import type { Issuance } from '../src/issuance.js';
import { OptionalParam, Param } from '../src/params.js';
import { aClient, anEnvironment, aUser, type GrantCases, TestUsers, type World } from '../src/testing/index.js';

export interface Voucher {
  readonly id: string;
  readonly environmentId: string;
  readonly clientId: string;
  readonly userId: string;
  /** What the person allowed. */
  readonly scope: string;
}

/** Around a harness, which has no world of its own. */
export function aWorld(): World {
  const [environment, client, user] = [anEnvironment(), aClient(), aUser()];
  const foreign = anEnvironment({ id: 'globex' });
  return { environment, foreign, client, other: aClient({ id: 'stranger' }), user, users: new TestUsers([user]) };
}

export class Vouchers {
  readonly #known = new Map<string, Voucher>();

  constructor(readonly world: World) {}

  issue(changes: Partial<Voucher> = {}): string {
    const { environment, client, user } = this.world;
    const code = `voucher-${randomUUID()}`;
    this.#known.set(code, {
      ...{ id: randomUUID(), environmentId: environment.id, clientId: client.id, userId: user.id },
      scope: 'orders:read orders:place',
      ...changes,
    });
    return code;
  }

  async find(code: string): Promise<Voucher | undefined> {
    return this.#known.get(code);
  }

  async remove(code: string): Promise<void> {
    this.#known.delete(code);
  }
}

export class VoucherParams {
  @Param({ max: 128 })
  readonly voucher!: string;

  @OptionalParam({ max: 64 })
  readonly note?: string;
}

export type VoucherRequest = TokenRequest<VoucherParams>;

export const VOUCHER = {
  type: 'urn:example:voucher',
  params: VoucherParams,
  clients: 'any',
  slug: 'voucher',
  spends: 'once',
} as const;

/** A grant as it should be; the bad ones differ from it in one place. */
@Grant(VOUCHER)
export class VoucherGrant implements GrantHandler<VoucherParams> {
  constructor(protected readonly vouchers: Vouchers) {}

  async handle(request: VoucherRequest): Promise<Issuance> {
    return this.issue(await this.find(request), request);
  }

  protected async find({ environment, client, params }: VoucherRequest): Promise<Voucher> {
    const voucher = await this.vouchers.find(params.voucher);
    const isOurs = voucher?.environmentId === environment.id && voucher.clientId === client.id;
    if (!voucher || !isOurs) throw new OAuthError('invalid_grant', { reason: 'voucher.unknown' });
    return voucher;
  }

  protected issue({ id, userId, scope }: Voucher, _request: VoucherRequest): Issuance {
    const authorized = ScopeSet.from(scope.split(' '));
    return {
      authorization: { subject: { kind: 'user', id: userId }, scope: authorized, resources: [] },
      spend: { once: { id, until: new Date(Date.now() + 60_000) } },
    };
  }
}

export const CASES: GrantCases = {
  singleUse: true,
  good(world) {
    const vouchers = new Vouchers(world);
    return { params: { voucher: vouchers.issue() }, provide: [[Vouchers, vouchers]] };
  },
};
