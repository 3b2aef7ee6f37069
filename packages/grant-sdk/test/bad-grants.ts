import { OAuthError, ScopeSet } from '@grantway/protocol';
import { Grant } from '../src/grant.decorator.js';
import type { Issuance } from '../src/issuance.js';
import { OptionalParam } from '../src/params.js';
import { VOUCHER, type Voucher, VoucherGrant, VoucherParams, type VoucherRequest } from './vouchers.js';

// Each does one thing wrong.

@Grant(VOUCHER)
export class Hangs extends VoucherGrant {
  override handle(): Promise<Issuance> {
    return new Promise(() => {});
  }
}

@Grant(VOUCHER)
export class HangsOnOddities extends VoucherGrant {
  override handle(request: VoucherRequest): Promise<Issuance> {
    return request.params.voucher.startsWith('voucher-') ? super.handle(request) : new Promise(() => {});
  }
}

@Grant(VOUCHER)
export class ThrowsJunk extends VoucherGrant {
  override async handle(): Promise<Issuance> {
    throw new TypeError("Cannot read properties of undefined (reading 'id')");
  }
}

@Grant(VOUCHER)
export class RefusesAll extends VoucherGrant {
  override async handle(): Promise<Issuance> {
    throw new OAuthError('invalid_grant', { reason: 'voucher.never' });
  }
}

@Grant(VOUCHER)
export class ReturnsADate extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    return { ...super.issue(voucher, request), claims: { made: new Date(0) } };
  }
}

@Grant(VOUCHER)
export class ReturnsMore extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    return { ...super.issue(voucher, request), voucher } as Issuance;
  }
}

@Grant({ ...VOUCHER, spends: 'deviceCode' } as unknown as typeof VOUCHER)
export class SpendsUndeclared extends VoucherGrant {}

class AudienceParams extends VoucherParams {
  @OptionalParam()
  readonly audience?: string;
}

@Grant({ ...VOUCHER, params: AudienceParams })
export class DeclaresAudience extends VoucherGrant {}

@Grant(VOUCHER)
export class NeedsItsNote extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    const known: Record<string, { level: number }> = { urgent: { level: 1 }, usual: { level: 2 } };
    const { note = 'usual' } = request.params;
    // As if TypeScript had seen what a client sends.
    return { ...super.issue(voucher, request), claims: { level: (known[note] as { level: number }).level } };
  }
}

@Grant(VOUCHER)
export class FallsOverWithoutNote extends VoucherGrant {
  override async handle(request: VoucherRequest): Promise<Issuance> {
    if (request.params.note === undefined) throw new TypeError('note is undefined');
    return super.handle(request);
  }
}

@Grant(VOUCHER)
export class TakesAnything extends VoucherGrant {
  protected override async find({ environment, client }: VoucherRequest): Promise<Voucher> {
    const { world } = this.vouchers;
    if (environment.id !== world.environment.id || client.id !== world.client.id) {
      throw new OAuthError('invalid_grant', { reason: 'voucher.unknown' });
    }
    return (await this.vouchers.find(this.vouchers.issue({ id: 'always' }))) as Voucher;
  }
}

@Grant(VOUCHER)
export class AnyClient extends VoucherGrant {
  protected override async find(request: VoucherRequest): Promise<Voucher> {
    const { client } = this.vouchers.world;
    return super.find({ ...request, client });
  }
}

@Grant(VOUCHER)
export class BurnsOnAStranger extends VoucherGrant {
  override async handle(request: VoucherRequest): Promise<Issuance> {
    const voucher = await this.vouchers.find(request.params.voucher);
    if (voucher && voucher.clientId !== request.client.id) await this.vouchers.remove(request.params.voucher);
    return super.handle(request);
  }
}

@Grant(VOUCHER)
export class AnyEnvironment extends VoucherGrant {
  protected override async find(request: VoucherRequest): Promise<Voucher> {
    const { environment } = this.vouchers.world;
    return super.find({ ...request, environment });
  }
}

@Grant(VOUCHER)
export class WidensScope extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    return super.issue({ ...voucher, scope: `${voucher.scope} vault:open` }, request);
  }
}

/** Spends nothing, so nothing but the request says what is authorized. */
@Grant({ ...VOUCHER, spends: undefined } as unknown as typeof VOUCHER)
export class RefreshesToMore extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    const { authorization } = super.issue(voucher, request);
    const authentication = { time: new Date(), acr: 'urn:example:step-up', amr: ['otp'] };
    return { authorization: { ...authorization, authentication }, refreshToken: true };
  }
}

@Grant(VOUCHER)
export class CopiesScope extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    const { authorization, ...rest } = super.issue(voucher, request);
    const scope = request.requestedScope ?? authorization.scope;
    return { ...rest, authorization: { ...authorization, scope } };
  }
}

@Grant(VOUCHER)
export class UsersScopeForMachines extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    const { authorization, ...rest } = super.issue(voucher, request);
    return { ...rest, authorization: { ...authorization, subject: { kind: 'client', id: request.client.id } } };
  }
}

@Grant(VOUCHER)
export class SetsSub extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    return { ...super.issue(voucher, request), claims: { sub: 'user-root' } };
  }
}

@Grant(VOUCHER)
export class NamesAStranger extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    return { ...super.issue(voucher, request), audiences: ['nobody-knows-it'] };
  }
}

@Grant(VOUCHER)
export class AlreadyOver extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    return { ...super.issue(voucher, request), notAfter: new Date(0) };
  }
}

@Grant(VOUCHER)
export class KeepsItForAYear extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    const until = new Date(Date.now() + 365 * 86_400_000);
    return { ...super.issue(voucher, request), spend: { once: { id: voucher.id, until } } };
  }
}

@Grant(VOUCHER)
export class StandsInForTheDead extends VoucherGrant {
  override async handle(request: VoucherRequest): Promise<Issuance> {
    const voucher = await this.find(request);
    const { users } = this.vouchers.world;
    const user = await users.find(request.environment.id, voucher.userId);
    const issuance = this.issue(voucher, request);
    if (user?.status === 'active') return issuance;
    const subject = { kind: 'client', id: request.client.id } as const;
    return { ...issuance, authorization: { ...issuance.authorization, subject, scope: ScopeSet.of('orders:read') } };
  }
}

@Grant({ ...VOUCHER, spends: undefined } as unknown as typeof VOUCHER)
export class SpendsNothing extends VoucherGrant {
  protected override issue(voucher: Voucher, request: VoucherRequest): Issuance {
    const { spend: _spend, ...rest } = super.issue(voucher, request);
    return rest;
  }
}

/** Uses its voucher up itself, a little after it looked. */
@Grant({ ...VOUCHER, spends: undefined } as unknown as typeof VOUCHER)
export class ChecksTooEarly extends VoucherGrant {
  override async handle(request: VoucherRequest): Promise<Issuance> {
    const { spend: _spend, ...rest } = await super.handle(request);
    await new Promise(setImmediate);
    await this.vouchers.remove(request.params.voucher);
    return rest;
  }
}

@Grant(VOUCHER)
export class SpendsByItself extends VoucherGrant {
  override async handle(request: VoucherRequest): Promise<Issuance> {
    const issuance = await super.handle(request);
    await this.vouchers.remove(request.params.voucher);
    return issuance;
  }
}

@Grant(VOUCHER)
export class VerdictForAnOutage extends VoucherGrant {
  override async handle(request: VoucherRequest): Promise<Issuance> {
    try {
      return await super.handle(request);
    } catch (cause) {
      throw new OAuthError('invalid_grant', { cause });
    }
  }
}

@Grant(VOUCHER)
export class LeaksItsVoucher extends VoucherGrant {
  override async handle(request: VoucherRequest): Promise<Issuance> {
    try {
      return await super.handle(request);
    } catch (cause) {
      if (!OAuthError.is(cause)) throw cause;
      const printable = request.params.voucher.replace(/[^ -~]/g, '?');
      throw new OAuthError('invalid_grant', { description: `voucher ${printable} is unknown` });
    }
  }
}

@Grant(VOUCHER)
export class SaysServerError extends VoucherGrant {
  override async handle(request: VoucherRequest): Promise<Issuance> {
    const voucher = await this.vouchers.find(request.params.voucher);
    if (!voucher) throw new OAuthError('server_error');
    return super.handle(request);
  }
}
