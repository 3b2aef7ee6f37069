import { readFileSync, writeFileSync } from 'node:fs';
import { OAuthError } from '@grantway/protocol';
import * as bad from '../../../test/bad-grants.js';
import { CASES, VOUCHER, VoucherGrant, type VoucherRequest, Vouchers } from '../../../test/vouchers.js';
import { Grant } from '../../grant.decorator.js';
import { type GrantCases, type GrantClass, proveGrant } from '../index.js';

const GOLDEN = `${import.meta.dirname}/../../../golden/proof.txt`;

const withNote: Partial<GrantCases> = {
  good: (world) => {
    const vouchers = new Vouchers(world);
    return { params: { voucher: vouchers.issue(), note: 'urgent' }, provide: [[Vouchers, vouchers]] };
  },
};

/** What each bad grant fails, by the ids of rows. */
const BAD: readonly (readonly [what: string, type: GrantClass, ids: readonly string[], cases?: Partial<GrantCases>])[] =
  [
    ['hangs', bad.Hangs, ['in-time'], { timeoutMs: 300 }],
    ['hangs on what is odd', bad.HangsOnOddities, ['odd-params'], { timeoutMs: 1_000 }],
    ['throws junk', bad.ThrowsJunk, ['good']],
    ['refuses everything', bad.RefusesAll, ['good']],
    ['returns a date among its claims', bad.ReturnsADate, ['wire']],
    ['returns a field nobody knows', bad.ReturnsMore, ['wire']],
    ['spends what it did not declare', bad.SpendsUndeclared, ['wire']],
    ['cannot do without what is optional', bad.FallsOverWithoutNote, ['missing-params'], withNote],
    ['declares what is the token service’s', bad.DeclaresAudience, ['repeated-params']],
    ['looks a parameter up in an object', bad.NeedsItsNote, ['odd-params']],
    ['refuses with an error that is not its own', bad.SaysServerError, ['odd-params', 'altered-params']],
    ['takes anything', bad.TakesAnything, ['altered-params']],
    ['takes any client’s', bad.AnyClient, ['wrong-client']],
    ['burns it when a stranger tries', bad.BurnsOnAStranger, ['wrong-client']],
    ['names a user of another environment', bad.AnyEnvironment, ['foreign-environment']],
    ['widens scope', bad.WidensScope, ['registered-scope']],
    ['lets more be refreshed than was asked for', bad.RefreshesToMore, ['narrower-scope'], { singleUse: false }],
    ['copies the requested scope', bad.CopiesScope, ['strange-scope']],
    ['gives a machine what is a user’s', bad.UsersScopeForMachines, ['user-scope']],
    ['sets a reserved claim', bad.SetsSub, ['reserved-claims']],
    ['names a stranger as audience', bad.NamesAStranger, ['lawful']],
    ['issues what is over already', bad.AlreadyOver, ['lawful']],
    ['keeps its artifact for a year', bad.KeepsItForAYear, ['lawful']],
    ['stands in for the dead', bad.StandsInForTheDead, ['dead-subject']],
    ['replays', bad.SpendsNothing, ['replay', 'race']],
    ['checks in time for a replay and not for a race', bad.ChecksTooEarly, ['race', 'decides-only']],
    ['can be used once though it says otherwise', VoucherGrant, ['replay'], { singleUse: false }],
    ['spends by itself', bad.SpendsByItself, ['decides-only']],
    ['gives a verdict for an outage', bad.VerdictForAnOutage, ['outage']],
    ['leaks a parameter', bad.LeaksItsVoucher, ['no-secrets']],
  ];

const prove = (type: GrantClass, changes: Partial<GrantCases> = {}) => proveGrant(type, { ...CASES, ...changes });

describe('proveGrant, design §5', () => {
  it('house: a good grant passes every row', async () => {
    const { ok, rows } = await prove(VoucherGrant);
    expect(rows.filter(({ verdict }) => verdict !== 'passed')).toMatchObject([{ id: 'user-scope' }]);
    expect(ok).toBe(true);
  });

  it.each(BAD.map(([what, ...rest]) => [what, rest] as const))('house: a grant that %s', async (_what, rest) => {
    const [type, ids, changes] = rest;
    const report = await prove(type, changes);
    expect(report.rows.flatMap(({ id, verdict }) => (verdict === 'failed' ? [id] : []))).toEqual(ids);
    expect(report.ok).toBe(false);
    expect(() => report.assertOk()).toThrow(String(report));
  });

  it('house: every row of the catalogue that a grant can fail has a bad grant', async () => {
    const { rows } = await prove(VoucherGrant);
    const failed = new Set(BAD.flatMap(([, , ids]) => ids));
    // Oversize is refused before a grant is asked: nothing it does could fail that row.
    expect(rows.map(({ id }) => id).filter((id) => !failed.has(id))).toEqual(['oversize-params']);
  });

  it('house: its reports are as they were reviewed (GOLDEN_UPDATE=1 refreshes golden/proof.txt)', async () => {
    const texts = [String(await prove(VoucherGrant))];
    for (const [what, type, , changes] of BAD) {
      const lines = String(await prove(type, changes)).split('\n');
      texts.push(
        [`A grant that ${what}`, '', ...lines.filter((line) => /^(?:✗| {4}|The grant)/.test(line))].join('\n'),
      );
    }
    const now = `${texts.join('\n\n')}\n`;
    if (process.env['GOLDEN_UPDATE'] === '1') writeFileSync(GOLDEN, now);
    expect(now).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  describe('what the cases say', () => {
    it('house: nothing is proven of a grant that grants nothing', async () => {
      const { rows } = await prove(bad.RefusesAll);
      const others = rows.filter(({ id }) => id !== 'in-time' && id !== 'good');
      expect(new Set(others.map(({ what }) => what))).toEqual(new Set(['not tried, as a good request is not granted']));
    });

    it('house: without a word on single use it is what the grant does; where it does nothing it is asked for', async () => {
      const { singleUse: _unsaid, ...cases } = CASES;
      const verdictOf = async (type: GrantClass) =>
        (await proveGrant(type, cases)).rows.find(({ id }) => id === 'replay');
      expect(await verdictOf(VoucherGrant)).toMatchObject({ verdict: 'passed' });
      expect(await verdictOf(bad.SpendsNothing)).toMatchObject({
        verdict: 'not applicable',
        what: 'the cases do not say whether it may be used again (singleUse)',
      });
    });

    it('house: rows are waived with a reason, and only those that may be', async () => {
      const waive = { 'wrong-client': 'a voucher is its bearer’s', replay: 'no time' };
      const { rows } = await prove(bad.AnyClient, { waive });
      expect(rows.find(({ id }) => id === 'wrong-client')).toMatchObject({
        verdict: 'not applicable',
        what: 'waived: a voucher is its bearer’s',
      });
      expect(rows.find(({ id }) => id === 'replay')).toMatchObject({ verdict: 'passed' });
    });

    it.each([
      ['keeps', 'invalid_grant', 'passed'],
      ['breaks', 'access_denied', 'failed'],
    ] as const)('house: what its author promises and the grant %s', async (_does, error, verdict) => {
      const request: GrantCases['good'] = (world) => {
        const vouchers = new Vouchers(world);
        const voucher = vouchers.issue({ clientId: 'another' });
        return { params: { voucher }, provide: [[Vouchers, vouchers]] };
      };
      const { rows } = await prove(VoucherGrant, { others: [{ name: 'refuses a returned voucher', request, error }] });
      expect(rows.at(-1)).toMatchObject({ name: 'refuses a returned voucher', verdict });
    });

    it('house: how everything behind it fails may be said', async () => {
      const broken: GrantCases['broken'] = (world) => {
        const vouchers = new Vouchers(world);
        vouchers.find = () => Promise.reject(new OAuthError('invalid_grant', { reason: 'vouchers.away' }));
        return [[Vouchers, vouchers]];
      };
      const { rows } = await prove(VoucherGrant, { broken });
      expect(rows.find(({ id }) => id === 'outage')).toMatchObject({
        verdict: 'failed',
        what: 'while everything behind it was away, it was refused with invalid_grant.',
      });
    });

    it('house: an error in the cases is thrown, and no row’s failure', async () => {
      const typo = new Error('no such voucher');
      await expect(prove(VoucherGrant, { good: () => Promise.reject(typo) })).rejects.toBe(typo);
      await expect(prove(VoucherGrant, { good: () => ({ params: {} }) })).rejects.toThrow('needs Vouchers');
      await expect(prove(class NoGrant extends VoucherGrantless {})).rejects.toThrow('NoGrant has no @Grant');
    });
  });

  it('house: one that answers nonsense inside the token service has a report as well', async () => {
    @Grant(VOUCHER)
    class Nonsense extends VoucherGrant {
      override async handle() {
        return {} as never;
      }
    }
    const { ok, rows } = await prove(Nonsense, { overTheWire: false });
    expect(ok).toBe(false);
    expect(rows.find(({ id }) => id === 'registered-scope')).toMatchObject({
      verdict: 'failed',
      what: expect.stringMatching(/^it could not be tried for TypeError: .*\.$/),
    });
  });

  it('house: where its author says so, a grant is proven as inside the token service', async () => {
    @Grant(VOUCHER)
    class LocalGrant extends VoucherGrant {
      override handle(request: VoucherRequest) {
        // A secret's hash crosses no wire.
        expect(request.client.secretHashes).toHaveLength(1);
        return super.handle(request);
      }
    }
    const { ok, rows } = await prove(LocalGrant, { overTheWire: false });
    expect(ok).toBe(true);
    expect(rows.find(({ id }) => id === 'wire')).toMatchObject({ verdict: 'not applicable' });
  });
});

class VoucherGrantless {
  async handle(): Promise<never> {
    throw new Error('never asked');
  }
}
