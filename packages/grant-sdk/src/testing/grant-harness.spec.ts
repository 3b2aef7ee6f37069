import { OAuthError, RESERVED_ACCESS_TOKEN_CLAIMS, ScopeSet } from '@grantway/protocol';
import { Inject } from '@nestjs/common';
import { aWorld, VOUCHER, VoucherGrant, VoucherParams, Vouchers } from '../../test/vouchers.js';
import { Grant } from '../grant.decorator.js';
import type { GrantHandler, TokenRequest } from '../grant-handler.js';
import type { Issuance } from '../issuance.js';
import {
  aClient,
  anEnvironment,
  aPublicClient,
  aResource,
  aUser,
  BrokenIssuance,
  grantHarness,
  type HarnessOptions,
  Malformed,
  TestUsers,
} from './index.js';

/** A harness with one voucher in it. */
async function withVoucher(options: Partial<HarnessOptions> = {}) {
  const vouchers = new Vouchers(aWorld());
  const harness = await grantHarness(VoucherGrant, { provide: [[Vouchers, vouchers]], ...options });
  return { ...harness, voucher: vouchers.issue(), vouchers };
}

/** Decides what the test says. */
async function deciding(decision: Partial<Issuance>, options: Partial<HarnessOptions> = {}) {
  @Grant(VOUCHER)
  class DecidingGrant implements GrantHandler<VoucherParams> {
    async handle(): Promise<Issuance> {
      const scope = ScopeSet.of('orders:read');
      return { authorization: { subject: { kind: 'user', id: 'user-alice' }, scope, resources: [] }, ...decision };
    }
  }
  return grantHarness(DecidingGrant, options);
}

describe('grantHarness, design §5', () => {
  it('house: a good request is answered with what the client would get', async () => {
    const { token, voucher, isLive } = await withVoucher();
    const { scope, resources, authorizationId, issuance } = await token({ voucher, scope: 'orders:read' });
    expect(scope.toArray()).toEqual(['orders:read']);
    expect(resources.map(({ audience }) => audience)).toEqual(['https://orders.example']);
    expect(issuance.authorization.subject.id).toBe('user-alice');
    expect(isLive(authorizationId)).toBe(true);
  });

  it.each<[string, Record<string, string | string[]>, string]>([
    ['RFC 6749 §3.2 a parameter is missing', { voucher: '' }, 'invalid_request'],
    ['RFC 6749 §3.2 a parameter is repeated', { note: ['a', 'b'] }, 'invalid_request'],
    ['AZ-18 a parameter is too long', { note: 'x'.repeat(65) }, 'invalid_request'],
    ['RFC 6749 §3.3 the scope is malformed', { scope: '"' }, 'invalid_scope'],
    ['RT-05 the scope is more than was authorized', { scope: 'orders:read openid' }, 'invalid_scope'],
    ['RFC 8707 §2 the resource is unknown', { resource: 'https://other.example' }, 'invalid_target'],
    [
      'RFC 8707 §2 the resource is sent twice and one is unknown',
      { resource: ['https://orders.example', 'x'] },
      'invalid_target',
    ],
  ])('%s', async (_rule, form, code) => {
    const { token, voucher } = await withVoucher();
    await expect(token({ voucher, ...form })).rejects.toMatchObject({ code });
    // CO-12: a refusal spends nothing.
    await expect(token({ voucher })).resolves.toBeDefined();
  });

  it('design §4.2 a race is refused and revokes nothing, a replay revokes what the first got', async () => {
    const { token, voucher, elapse, isLive } = await withVoucher();
    const { authorizationId } = await token({ voucher });
    await expect(token({ voucher })).rejects.toMatchObject({
      code: 'invalid_grant',
      detail: { reason: 'artifact.lost_race' },
    });
    expect(isLive(authorizationId)).toBe(true);
    elapse(10);
    const onItsWay = token({ voucher }, { inFlightFor: 10_000 });
    await expect(onItsWay).rejects.toMatchObject({ detail: { reason: 'artifact.lost_race' } });
    await expect(token({ voucher })).rejects.toMatchObject({
      code: 'invalid_grant',
      detail: { reason: 'artifact.replayed' },
    });
    expect(isLive(authorizationId)).toBe(false);
  });

  it('CO-02 of twenty at once one is answered', async () => {
    const { token, voucher } = await withVoucher();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => token({ voucher })));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('house: one that ended by itself is not spent', async () => {
    const { token } = await deciding({ spend: { once: { id: 'v', until: new Date(Date.now() - 1) } } });
    await expect(token({ voucher: 'v' })).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  it.each([
    ['locked', [aUser({ status: 'locked' })]],
    ['not there', []],
    ['of another environment', [aUser({ environmentId: 'globex' })]],
    ['to change their password first', [aUser({ mustChangePassword: true })]],
  ])('X14 nothing for a user who is %s', async (_what, users) => {
    const { token, voucher } = await withVoucher({ users });
    await expect(token({ voucher })).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  it('RT-10 nothing for who signed on with the password of before', async () => {
    const authentication = { time: new Date(Date.now() - 60_000), acr: 'a', amr: [] };
    const authorization = {
      subject: { kind: 'user', id: 'user-alice' },
      scope: ScopeSet.of('openid'),
      resources: [],
    } as const;
    const users = new TestUsers([aUser({ passwordChangedAt: new Date(Date.now() - 1_000) })]);
    const { token } = await deciding({ authorization: { ...authorization, authentication } }, { users });
    await expect(token({ voucher: 'v' })).rejects.toMatchObject({ detail: { reason: 'subject.password_changed' } });
  });

  it.each<[string, Partial<Issuance>, new (...args: never[]) => Error]>([
    ['a claim that is reserved', { claims: { sub: 'root' } }, BrokenIssuance],
    ['a field nobody knows', { voucher: 1 } as object, Malformed],
    ['an end that is over', { notAfter: new Date(0) }, OAuthError],
    ['what another grant spends', { spend: { deviceCode: crypto.randomUUID() } }, Malformed],
  ])('house: it takes nothing the token service would not: %s', async (_what, decision, error) => {
    const { token } = await deciding(decision);
    await expect(token({ voucher: 'v' })).rejects.toBeInstanceOf(error);
  });

  it('house: unless said otherwise the grant is asked over the wire, and sees no secret', async () => {
    expect(RESERVED_ACCESS_TOKEN_CLAIMS.has('hashes')).toBe(false);
    @Grant(VOUCHER)
    class SeeingGrant extends VoucherGrant {
      override async handle(request: TokenRequest<VoucherParams>) {
        return { ...(await super.handle(request)), claims: { hashes: request.client.secretHashes.length } };
      }
    }
    for (const [overTheWire, hashes] of [
      [undefined, 0],
      [true, 0],
      [false, 1],
    ] as const) {
      const vouchers = new Vouchers(aWorld());
      const provide = [[Vouchers, vouchers]] as const;
      const { token } = await grantHarness(SeeingGrant, { provide, ...(overTheWire !== undefined && { overTheWire }) });
      expect((await token({ voucher: vouchers.issue() })).issuance.claims).toEqual({ hashes });
    }
  });

  it('TX-07 a public client is refused where clients must be confidential', async () => {
    @Grant({ ...VOUCHER, clients: 'confidential' })
    class ConfidentialGrant extends VoucherGrant {}
    const { token } = await grantHarness(ConfidentialGrant, { provide: [[Vouchers, new Vouchers(aWorld())]] });
    const asked = token({ voucher: 'v' }, { client: aPublicClient() });
    await expect(asked).rejects.toMatchObject({ code: 'unauthorized_client' });
  });

  it('house: client, environment and resources are the test’s to say', async () => {
    const [client, environment] = [aClient({ scopes: ['stock:read'] }), anEnvironment({ id: 'globex' })];
    const stock = { name: 'stock:read', description: 'See stock', userOnly: false };
    const vouchers = new Vouchers({ ...aWorld(), client, environment });
    const { token } = await grantHarness(VoucherGrant, {
      ...{ client, environment, users: [aUser({ environmentId: 'globex' })] },
      provide: [[Vouchers, vouchers]],
      resources: [aResource({ audience: 'https://stock.example', scopes: [stock] })],
    });
    const { resources } = await token({ voucher: vouchers.issue({ scope: 'stock:read' }) });
    expect(resources.map(({ audience }) => audience)).toEqual(['https://stock.example']);
    const elsewhere = token({ voucher: vouchers.issue({ scope: 'stock:read' }) }, { environment: anEnvironment() });
    await expect(elsewhere).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  describe('house: what a constructor needs', () => {
    it('is given by class or by @Inject', async () => {
      @Grant(VOUCHER)
      class InjectedGrant extends VoucherGrant {
        constructor(
          @Inject('limit') readonly limit: number,
          vouchers: Vouchers,
        ) {
          super(vouchers);
        }

        override async handle(request: TokenRequest<VoucherParams>) {
          return { ...(await super.handle(request)), claims: { limit: this.limit } };
        }
      }
      const vouchers = new Vouchers(aWorld());
      const provide = new Map<unknown, unknown>([
        [Vouchers, vouchers],
        ['limit', 3],
      ]);
      const { token } = await grantHarness(InjectedGrant, { provide });
      expect((await token({ voucher: vouchers.issue() })).issuance.claims).toEqual({ limit: 3 });
    });

    it('is asked for by name', async () => {
      await expect(grantHarness(VoucherGrant)).rejects.toThrow('VoucherGrant needs Vouchers: give it in `provide`');
      await expect(grantHarness(class Plain extends VoucherGrantless {})).rejects.toThrow('Plain has no @Grant');
    });
  });
});

class VoucherGrantless {
  async handle(): Promise<never> {
    throw new Error('never asked');
  }
}
