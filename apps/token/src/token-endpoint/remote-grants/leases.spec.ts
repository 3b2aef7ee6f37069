import { type Announcement, readManifest } from '@grantway/grant-sdk/contract';
import { GrantType } from '@grantway/protocol';
import { Leases } from './leases.js';

const TICKET = 'urn:example:ticket';
const [ONE, TWO] = ['0a1b2c3d-0000-4000-8000-000000000001', '0a1b2c3d-0000-4000-8000-000000000002'];

const manifest = (overrides: object = {}) =>
  readManifest({ contract: 1, slug: 'ticket', type: TICKET, clients: 'any', params: [], ...overrides });
const here = (instance: string, overrides: object = {}): Announcement => ({
  state: 'here',
  instance,
  manifest: manifest(overrides),
});
const leaving = (instance: string, slug = 'ticket'): Announcement => ({ state: 'leaving', instance, slug });

/** A token service that has been up for a while, by a clock that is moved by hand. */
function house() {
  let now = 1_000;
  const leases = new Leases({ lease: 5_000, away: 60_000 }, () => now);
  const elapse = (milliseconds: number) => {
    now += milliseconds;
  };
  elapse(100_000);
  return { leases, elapse };
}

describe('Leases, design section 5', () => {
  it('house: whoever announces is there, until it says nothing for too long', () => {
    const { leases, elapse } = house();
    expect(leases.take(here(ONE))).toBe('arrived');
    elapse(4_999);
    expect(leases.find(TICKET)).toEqual(manifest());
    expect(leases.take(here(ONE))).toBe('renewed');
    elapse(4_999);
    expect(leases.live()).toEqual([manifest()]);
    elapse(1);
    expect(leases.live()).toEqual([]);
    expect(leases.takeLost()).toEqual([{ slug: 'ticket', instance: ONE }]);
    expect(leases.takeLost()).toEqual([]);
  });

  it('house: gone lately it is away, gone for long it is unknown, back it is back', () => {
    const { leases, elapse } = house();
    leases.take(here(ONE));
    elapse(5_000);
    expect(leases.find(TICKET)).toBe('away');
    elapse(54_999);
    expect(leases.find(TICKET)).toBe('away');
    leases.take(here(ONE));
    expect(leases.find(TICKET)).toEqual(manifest());
    elapse(5_000);
    expect(leases.find(TICKET)).toBe('away');
    elapse(60_000);
    expect(leases.find(TICKET)).toBeUndefined();
  });

  it('house: who says goodbye is gone at once, and no loss', () => {
    const { leases } = house();
    leases.take(here(ONE));
    expect(leases.take(leaving(ONE))).toBe('left');
    expect(leases.find(TICKET)).toBe('away');
    expect(leases.takeLost()).toEqual([]);
    expect(leases.take(leaving(ONE))).toBe('renewed');
    expect(leases.take(leaving(ONE, 'unheard-of'))).toBe('renewed');
  });

  it('house: a grant lives while any of its processes does', () => {
    const { leases, elapse } = house();
    leases.take(here(ONE));
    elapse(3_000);
    leases.take(here(TWO));
    elapse(3_000);
    expect(leases.live()).toHaveLength(1);
    expect(leases.takeLost()).toEqual([{ slug: 'ticket', instance: ONE }]);
    leases.take(here(ONE));
    leases.take(leaving(TWO));
    expect(leases.find(TICKET)).toEqual(manifest());
  });

  it('house: of two versions the one that came last counts, whichever spoke last', () => {
    const { leases } = house();
    leases.take(here(ONE));
    leases.take(here(TWO, { clients: 'confidential' }));
    leases.take(here(ONE));
    expect(leases.find(TICKET)).toMatchObject({ clients: 'confidential' });
    leases.take(leaving(TWO));
    expect(leases.find(TICKET)).toMatchObject({ clients: 'any' });
  });

  it.each([GrantType.AuthorizationCode, GrantType.RefreshToken, GrantType.Implicit, GrantType.JwtBearer])(
    'house: %s is nobody else’s, whether it is here or not',
    (type) => {
      const { leases } = house();
      expect(leases.take(here(ONE, { type }))).toEqual({ refused: 'type_reserved' });
      expect(leases.find(type)).toBeUndefined();
    },
  );

  it('house: what the token service has itself is nobody else’s', () => {
    const { leases } = house();
    leases.reserve([TICKET]);
    expect(leases.take(here(ONE))).toEqual({ refused: 'type_reserved' });
    expect(leases.live()).toEqual([]);
  });

  it('IN-01 house: a type has one home, whoever comes first', () => {
    const { leases } = house();
    expect(leases.take(here(TWO, { slug: 'thief' }))).toEqual({ refused: 'type_foreign' });
    expect(leases.take(here(ONE))).toBe('arrived');
  });

  it.each([
    ['deviceCode', GrantType.DeviceCode, 'backchannelRequest', 'device-code'],
    ['backchannelRequest', GrantType.Ciba, 'deviceCode', 'ciba'],
  ])('house: %s is spent by %s alone', (spends, type, another, slug) => {
    const { leases } = house();
    expect(leases.take(here(ONE, { spends }))).toEqual({ refused: 'spends_foreign' });
    expect(leases.take(here(ONE, { type, slug, spends: another }))).toEqual({ refused: 'spends_foreign' });
    expect(leases.take(here(ONE, { type, slug, spends }))).toBe('arrived');
  });

  it.each([
    [GrantType.DeviceCode, 'deviceCode', 'device-code'],
    [GrantType.Ciba, 'backchannelRequest', 'ciba'],
  ])('IN-01 %s has one home, whoever comes first', (type, spends, slug) => {
    const { leases } = house();
    expect(leases.take(here(ONE, { type, spends, slug: 'evil' }))).toEqual({ refused: 'type_foreign' });
    expect(leases.take(here(TWO, { type, spends, slug }))).toBe('arrived');
  });

  it('I12 IN-01 nobody fills our memory: neither with processes nor with types', () => {
    const { leases } = house();
    const instance = (number: number) => `0a1b2c3d-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const taken = (number: number, overrides: object = {}) => leases.take(here(instance(number), overrides));
    for (let number = 0; number < 256; number += 1) expect(taken(number)).toBe('arrived');
    expect(taken(256)).toEqual({ refused: 'too_many' });
    expect(taken(0)).toBe('renewed');
    for (const number of [1, 2, 3]) {
      expect(taken(number, { type: `urn:example:${number}:ticket` })).toBe('renewed');
    }
    expect(taken(4, { type: 'urn:example:4:ticket' })).toEqual({ refused: 'too_many' });
    // What one slug does is nothing to another.
    for (let number = 1; number < 1_000; number += 1) {
      expect(taken(1, { slug: `s${number}`, type: `urn:example:s${number}` })).toBe('arrived');
    }
    expect(taken(1, { slug: 's1000', type: 'urn:example:s1000' })).toEqual({ refused: 'too_many' });
  });

  it('house: a token service that just started may not have heard of everybody', () => {
    let now = 7_000;
    const leases = new Leases({ lease: 5_000, away: 60_000 }, () => now);
    expect(leases.find(TICKET)).toBe('away');
    expect(leases.find(GrantType.Implicit)).toBeUndefined();
    now += 5_000;
    expect(leases.find(TICKET)).toBeUndefined();
  });

  it('house: they are told in the order of their types', () => {
    const { leases } = house();
    leases.take(here(ONE, { slug: 'b', type: 'urn:example:b' }));
    leases.take(here(TWO, { slug: 'a', type: 'urn:example:a' }));
    expect(leases.live().map(({ slug }) => slug)).toEqual(['a', 'b']);
  });
});
