import { type LegacyFlags, NO_LEGACY } from './client.js';
import { isImpersonableRedirect, redirectUriFault, redirectUriMatches } from './redirect-uri.js';

const WILDCARD: LegacyFlags = { ...NO_LEGACY, redirectWildcard: true };
const EXTRA_QUERY: LegacyFlags = { ...NO_LEGACY, redirectExtraQuery: true };
const EVERYTHING: LegacyFlags = { ...NO_LEGACY, plainPkce: true, redirectWildcard: true, redirectExtraQuery: true };

describe('a redirect URI against the registered one', () => {
  const REGISTERED = 'https://rp.example/cb';

  it('A2 the same string', () => {
    expect(redirectUriMatches(REGISTERED, REGISTERED, NO_LEGACY)).toBe(true);
    expect(redirectUriMatches('com.example.app:/cb', 'com.example.app:/cb', NO_LEGACY)).toBe(true);
  });

  const LOOK_ALIKES = [
    ['AZ-01 a slash at the end', 'https://rp.example/cb/'],
    ['AZ-01 the path in capitals', 'https://rp.example/CB'],
    ['AZ-01 a path that climbs', 'https://rp.example/cb/../x'],
    ['AZ-01 a path that climbs, encoded', 'https://rp.example/cb/%2e%2e/x'],
    ['AZ-01 a path that climbs, encoded separator', 'https://rp.example/cb%2f..'],
    ['AZ-01 a path that climbs behind a semicolon', 'https://rp.example/cb/..;/x'],
    ['AZ-01 a longer host', 'https://rp.example.evil/cb'],
    ['AZ-01 the host as user information', 'https://rp.example@evil/cb'],
    ['AZ-01 the registered one in a query', 'https://evil/?https://rp.example/cb'],
    ['AZ-01 a fragment', 'https://rp.example/cb#x'],
    ['AZ-01 a line break at the end', 'https://rp.example/cb\n'],
    ['AZ-01 a space in front', ' https://rp.example/cb'],
    ['AZ-01 a backslash for a slash', 'https:\\\\rp.example\\cb'],
    ['AZ-01 no scheme', '//rp.example/cb'],
    ['AZ-01 its default port written out', 'https://rp.example:443/cb'],
    ['AZ-01 http for https', 'http://rp.example/cb'],
    ['AZ-01 nothing', ''],
    ['CVE-2020-15233 the host in capitals', 'https://RP.example/cb'],
    ['CVE-2020-15234 the scheme in capitals', 'HTTPS://rp.example/cb'],
    ['CVE-2024-1132 a path below', 'https://rp.example/cb/below'],
    ['CVE-2024-8883 two at signs', 'https://rp.example@rp.example@evil/cb'],
    ['CVE-2023-6291 a subdomain', 'https://x.rp.example/cb'],
    ['CVE-2026-18206 the host as a suffix', 'https://evil-rp.example/cb'],
    ['CVE-2024-52289 another character for the dot', 'https://rpXexample/cb'],
  ] as const;

  it.each([...LOOK_ALIKES, ['AZ-01 one more parameter', 'https://rp.example/cb?x=1'] as const])(
    '%s is not it',
    (_rule, presented) => {
      expect(redirectUriMatches(REGISTERED, presented, NO_LEGACY)).toBe(false);
    },
  );

  it.each(LOOK_ALIKES)('%s is not it with every legacy flag on either', (_rule, presented) => {
    expect(redirectUriMatches(REGISTERED, presented, EVERYTHING)).toBe(false);
  });

  it.each([
    ['AZ-01 without it', 'https://rp.example/cb'],
    ['AZ-01 with another', 'https://rp.example/cb?tenant=2'],
    ['AZ-01 with one more', 'https://rp.example/cb?tenant=1&x=1'],
  ])('%s: a registered query is part of the string', (_rule, presented) => {
    expect(redirectUriMatches('https://rp.example/cb?tenant=1', presented, NO_LEGACY)).toBe(false);
  });
});

describe('a registered loopback address', () => {
  it.each([
    ['AZ-05 any port', 'http://127.0.0.1/cb', 'http://127.0.0.1:5001/cb'],
    ['AZ-05 another port than the registered', 'http://127.0.0.1:8000/cb', 'http://127.0.0.1:5001/cb'],
    ['AZ-05 no port', 'http://127.0.0.1:8000/cb', 'http://127.0.0.1/cb'],
    ['AZ-05 the highest port', 'http://127.0.0.1/cb', 'http://127.0.0.1:65535/cb'],
    ['AZ-05 IPv6', 'http://[::1]/cb', 'http://[::1]:5001/cb'],
    ['AZ-05 with its query', 'http://127.0.0.1/cb?a=1', 'http://127.0.0.1:5001/cb?a=1'],
    ['AZ-05 without a path', 'http://127.0.0.1', 'http://127.0.0.1:5001'],
  ])('RFC 8252 §7.3 %s', (_rule, registered, presented) => {
    expect(redirectUriMatches(registered, presented, NO_LEGACY)).toBe(true);
  });

  it.each([
    ['AZ-05 localhost is not 127.0.0.1', 'http://127.0.0.1/cb', 'http://localhost:5001/cb'],
    ['AZ-05 127.0.0.1 is not localhost', 'http://localhost/cb', 'http://127.0.0.1:5001/cb'],
    ['AZ-05 localhost may be anybody, so its port is fixed', 'http://localhost/cb', 'http://localhost:5001/cb'],
    ['AZ-05 another path', 'http://127.0.0.1/cb', 'http://127.0.0.1:5001/other'],
    ['AZ-05 user information that looks like it', 'http://127.0.0.1/cb', 'http://127.0.0.1:80@evil/cb'],
    ['AZ-05 a longer host', 'http://127.0.0.1/cb', 'http://127.0.0.1.evil/cb'],
    ['AZ-05 another loopback address', 'http://127.0.0.1/cb', 'http://127.0.0.2:5001/cb'],
    ['AZ-05 the other family', 'http://127.0.0.1/cb', 'http://[::1]:5001/cb'],
    ['AZ-05 https', 'http://127.0.0.1/cb', 'https://127.0.0.1:5001/cb'],
    ['AZ-05 one more parameter', 'http://127.0.0.1/cb', 'http://127.0.0.1:5001/cb?x=1'],
    ['AZ-05 a fragment', 'http://127.0.0.1/cb', 'http://127.0.0.1:5001/cb#x'],
    ['AZ-05 a number for the address', 'http://127.0.0.1/cb', 'http://2130706433:5001/cb'],
    ['AZ-05 an empty port', 'http://127.0.0.1/cb', 'http://127.0.0.1:/cb'],
    ['AZ-05 no port there is', 'http://127.0.0.1/cb', 'http://127.0.0.1:65536/cb'],
    ['AZ-05 a port with a zero in front', 'http://127.0.0.1/cb', 'http://127.0.0.1:05001/cb'],
    ['CVE-2020-15233 the path in capitals', 'http://127.0.0.1/cb', 'http://127.0.0.1:5001/CB'],
    ['AZ-05 a loopback that was not registered', 'https://rp.example/cb', 'http://127.0.0.1:5001/cb'],
  ])('%s', (_rule, registered, presented) => {
    expect(redirectUriMatches(registered, presented, NO_LEGACY)).toBe(false);
  });
});

describe('legacy flag redirectWildcard', () => {
  const REGISTERED = 'https://rp.example/*/cb';

  it('A2 spans one path segment', () => {
    expect(redirectUriMatches(REGISTERED, 'https://rp.example/tenant-1/cb', WILDCARD)).toBe(true);
    expect(redirectUriMatches(REGISTERED, 'https://rp.example/tenant-1/cb', NO_LEGACY)).toBe(false);
  });

  it('A2 the pattern itself is no address', () => {
    expect(redirectUriMatches(REGISTERED, REGISTERED, WILDCARD)).toBe(false);
  });

  it.each([
    ['no segment', REGISTERED, 'https://rp.example//cb'],
    ['two segments', REGISTERED, 'https://rp.example/a/b/cb'],
    ['CVE-2024-1132 dots', REGISTERED, 'https://rp.example/../cb'],
    ['CVE-2026-3872 ..;', REGISTERED, 'https://rp.example/..;/cb'],
    ['CVE-2026-7504 an encoded separator', REGISTERED, 'https://rp.example/a%2fb/cb'],
    ['CVE-2026-7504 encoded dots', REGISTERED, 'https://rp.example/%2e%2e/cb'],
    ['a query', REGISTERED, 'https://rp.example/a?/cb'],
    ['a fragment', REGISTERED, 'https://rp.example/a#/cb'],
    ['a backslash', REGISTERED, 'https://rp.example/a\\b/cb'],
    ['a line break', REGISTERED, 'https://rp.example/a\n/cb'],
    ['CVE-2023-6291 another host', REGISTERED, 'https://evil/a/cb'],
    ['CVE-2024-8883 user information', REGISTERED, 'https://rp.example@evil/a/cb'],
    ['its own ends overlapping', 'https://rp.example/aa*aa', 'https://rp.example/aaa'],
    ['CVE-2026-18211 a host', 'https://*.rp.example/cb', 'https://evil.rp.example/cb'],
    ['CVE-2026-18211 a port', 'https://rp.example:*/cb', 'https://rp.example:8443/cb'],
    ['a host without a path', 'https://rp.example*', 'https://rp.exampleevil'],
    ['two of them', 'https://rp.example/*/*', 'https://rp.example/a/b'],
  ])('CVE-2024-1132 never spans %s', (_what, registered, presented) => {
    expect(redirectUriMatches(registered, presented, WILDCARD)).toBe(false);
  });
});

describe('legacy flag redirectExtraQuery', () => {
  it.each([
    ['a query', 'https://rp.example/cb', 'https://rp.example/cb?x=1'],
    ['more of it', 'https://rp.example/cb?a=1', 'https://rp.example/cb?a=1&x=1'],
  ])('A2 allows %s', (_what, registered, presented) => {
    expect(redirectUriMatches(registered, presented, EXTRA_QUERY)).toBe(true);
    expect(redirectUriMatches(registered, presented, NO_LEGACY)).toBe(false);
  });

  it.each([
    ['another path', 'https://rp.example/cb', 'https://rp.example/cb/x?y=1'],
    ['another host', 'https://rp.example', 'https://rp.example.evil?x=1'],
    ['a longer value of its own', 'https://rp.example/cb?a=1', 'https://rp.example/cb?a=12'],
    ['a fragment', 'https://rp.example/cb', 'https://rp.example/cb?x=1#y'],
    ['a line break', 'https://rp.example/cb', 'https://rp.example/cb?x=\r\nSet-Cookie:%20a=1'],
    ['what no header can carry', 'https://rp.example/cb', 'https://rp.example/cb?x=\u65e5'],
    ['an answer of its own', 'https://rp.example/cb', 'https://rp.example/cb?x=1&code=stolen'],
    ['an answer of its own, encoded', 'https://rp.example/cb', 'https://rp.example/cb?c%6fde=stolen'],
    ['a query without end', 'https://rp.example/cb', `https://rp.example/cb?x=${'a'.repeat(2_000)}`],
  ])('AZ-01 does not allow %s', (_what, registered, presented) => {
    expect(redirectUriMatches(registered, presented, EXTRA_QUERY)).toBe(false);
  });
});

describe('a redirect URI to register', () => {
  it.each([
    ['https', 'https://rp.example/cb'],
    ['https with a query', 'https://rp.example/cb?tenant=1'],
    ['https on a port', 'https://rp.example:8443/cb'],
    ['http on 127.0.0.1', 'http://127.0.0.1/cb'],
    ['http on [::1]', 'http://[::1]:8000/cb'],
    ['http on localhost', 'http://localhost:3000/cb'],
    ['a reversed domain name', 'com.example.app:/cb'],
  ])('RFC 8252 §7 %s is fine', (_what, uri) => {
    expect(redirectUriFault(uri, NO_LEGACY)).toBeUndefined();
  });

  it.each([
    ['javascript', 'javascript:alert(1)', 'scheme'],
    ['CVE-2022-4361 javascript in mixed case', 'JaVaScRiPt:alert(1)', 'scheme'],
    ['javascript behind a tab', 'java\tscript:alert(1)', 'character'],
    ['javascript with a host', 'javascript://rp.example/%0aalert(1)', 'scheme'],
    ['data', 'data:text/html,<script>', 'character'],
    ['data without markup', 'data:text/html;base64,PHNjcmlwdD4', 'scheme'],
    ['vbscript', 'vbscript:x', 'scheme'],
    ['file', 'file:///etc/passwd', 'scheme'],
    ['a scheme without a dot', 'myapp:/cb', 'scheme'],
    ['http', 'http://rp.example/cb', 'loopback'],
    ['http on what begins like loopback', 'http://127.0.0.1.evil/cb', 'loopback'],
    ['http on what begins like localhost', 'http://localhost.evil/cb', 'loopback'],
    ['a fragment', 'https://rp.example/cb#f', 'fragment'],
    ['an empty fragment', 'https://rp.example/cb#', 'fragment'],
    ['user information', 'https://user@rp.example/cb', 'user information'],
    ['a relative reference', '/cb', 'absolute'],
    ['a relative reference to a host', '//rp.example/cb', 'absolute'],
    ['an address without slashes', 'https:rp.example/cb', 'host'],
    ['an address with three slashes', 'https:///rp.example/cb', 'host'],
    ['a space', 'https://rp.example/c b', 'character'],
    ['a line break', 'https://rp.example/cb\n', 'character'],
    ['a NUL', 'https://rp.example/cb\0', 'character'],
    ['a backslash', 'https://rp.example\\@evil/cb', 'character'],
    ['what no Location header can carry', 'https://rp.example/\u65e5', 'character'],
    ['a wildcard', 'https://rp.example/*', 'wildcard'],
    ['2001 characters', `https://rp.example/${'a'.repeat(1_982)}`, 'longer'],
  ])('AZ-04 %s is refused', (_what, uri, why) => {
    expect(redirectUriFault(uri, NO_LEGACY)).toContain(why);
  });

  it('A2 a wildcard needs its flag and a path to stand in', () => {
    expect(redirectUriFault('https://rp.example/*/cb', WILDCARD)).toBeUndefined();
    expect(redirectUriFault('https://*.rp.example/cb', WILDCARD)).toContain('wildcard');
    expect(redirectUriFault('https://rp.example/*/*', WILDCARD)).toContain('wildcard');
  });
});

describe('a redirect another app could be listening at', () => {
  it.each([
    ['https://rp.example/cb', false],
    ['http://127.0.0.1:5001/cb', true],
    ['http://localhost/cb', true],
    ['com.example.app:/cb', true],
  ])('AZ-14 %s: %s', (uri, impersonable) => {
    expect(isImpersonableRedirect(uri)).toBe(impersonable);
  });
});
