import { BlockList, isIP } from 'node:net';

/** Ours alone: called only where the environment allows it. */
const PRIVATE = blockList(
  ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
  ['::1/128', 'fc00::/7'],
);

/**
 * Nobody's web server: this host, link-local (where clouds keep their metadata), protocol assignments, documentation,
 * benchmarks, relays, multicast, reserved and broadcast (IANA's special-purpose registries).
 */
const NEVER = blockList(
  [
    ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'],
    ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ],
  // Within the one range that is routed: Teredo, ORCHID and the like, documentation.
  ['2001::/23', '2001:db8::/32', '3fff::/20'],
);

const GLOBAL_IPV6 = blockList([], ['2000::/3']);

/** What an address is to us; the IPv4 address inside an IPv6 one counts as itself. */
export function kindOfAddress(address: string): 'public' | 'private' | 'never' {
  const family = isIP(address);
  // A zone (`fe80::1%eth0`) is only ever for links of this host.
  if (family === 0 || address.includes('%')) return 'never';
  if (family === 4) return listed(address, 'ipv4') ?? 'public';
  const inside = embeddedIPv4(address);
  const own = listed(address, 'ipv6');
  if (inside !== undefined && own === undefined) return kindOfAddress(inside);
  return own ?? (GLOBAL_IPV6.check(address, 'ipv6') ? 'public' : 'never');
}

function listed(address: string, family: 'ipv4' | 'ipv6'): 'private' | 'never' | undefined {
  if (NEVER.check(address, family)) return 'never';
  return PRIVATE.check(address, family) ? 'private' : undefined;
}

/** IPv4-mapped and -compatible (RFC 4291 §2.5.5), NAT64 (RFC 6052) and 6to4 (RFC 3056): a way round a list of IPv4 addresses. */
function embeddedIPv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const startsWith = (...prefix: number[]) => prefix.every((group, index) => groups[index] === group);
  if (startsWith(0x2002)) return dotted(groups[1], groups[2]);
  if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return dotted(groups[6], groups[7]);
  if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0, 0, 0, 0, 0, 0)) return dotted(groups[6], groups[7]);
  return undefined;
}

/** The eight groups; the URL parser writes every spelling in one way. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function blockList(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [ranges, family] of [[ipv4, 'ipv4'] as const, [ipv6, 'ipv6'] as const]) {
    for (const range of ranges) {
      const [network = '', prefix] = range.split('/');
      list.addSubnet(network, Number(prefix), family);
    }
  }
  return list;
}
