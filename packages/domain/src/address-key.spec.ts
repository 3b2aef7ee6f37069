import { addressKey } from './address-key.js';

describe('whose an address is', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('SE-01 %s counts as %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key);
  });

  it('SE-01 whoever has a network of 64 bits has one counter; the next network is somebody else’s', () => {
    const mine = Array.from({ length: 100 }, (_, host) => addressKey(`2001:db8:0:7::${host.toString(16)}`));
    expect([...new Set(mine)]).toEqual(['2001:db8:0:7']);
    expect(addressKey('2001:db8:0:8::1')).not.toBe(mine[0]);
  });
});
