import { isIP } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Groups of an IPv6 address that a subscriber is given; what is behind them is theirs to choose. */
const SUBSCRIBER_GROUPS = 4;

/**
 * Whose an address is, for counters: an IPv4 address, or the first 64 bits of an IPv6 one (RFC 6177), of which one person has
 * more addresses than any counter can hold. What is no address stays as it is.
 */
export function addressKey(ip: string): string {
  const address = ip.replace(/%.*$/s, '');
  if (isIP(address) !== 6) return ip;
  // The URL parser writes every spelling of an address in one way (RFC 5952).
  const spelled = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const dotted = MAPPED.exec(address)?.[1] ?? unmapped(spelled);
  return dotted ?? groupsOf(spelled).slice(0, SUBSCRIBER_GROUPS).join(':');
}

/** `::ffff:c000:201` → `192.0.2.1` */
function unmapped(spelled: string): string | undefined {
  const [, high = '', low = ''] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(spelled) ?? [];
  if (high === '' || low === '') return undefined;
  return [high, low].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]).join('.');
}

/** All eight, without the shorthand for zeros. */
function groupsOf(spelled: string): string[] {
  const [before = [], after] = spelled.split('::').map((part) => part.split(':').filter(Boolean));
  if (after === undefined) return before;
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}
