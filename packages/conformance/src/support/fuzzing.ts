import fc from 'fast-check';

/** Printed on failure by fast-check as well; set FUZZ_SEED to look for new trouble. */
export const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

/** Values that mean something somewhere: to a parser, a database, a template, or to another parameter. */
const TELLING = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e309',
    'null',
    'true',
    '[]',
    '{}',
    '\u0000',
    '\ufeff',
    '\u202e',
    '💥',
    '\ud83d',
    '../../etc/passwd',
  ],
  ...[
    "' OR 1=1--",
    '"; DROP TABLE client; --',
    '<script>alert(1)</script>',
    '${7*7}',
    '{{7*7}}',
    '%00',
    '%n%s',
    '\r\nSet-Cookie: a=b',
  ],
  ...[
    'code',
    'token',
    'none',
    'login',
    'consent',
    'openid',
    'offline_access',
    'S256',
    'plain',
    'form_post',
    'fragment',
    'query',
  ],
  ...[
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'usernamePassword.check',
    'user.consent',
    'session.reset',
  ],
  ...[
    'https://rp.example/callback',
    'http://[::1]:80/',
    'urn:ietf:params:oauth:request_uri:x',
    'web',
    'service',
    'spa',
  ],
  ...[
    '00000000-0000-7000-8000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'gwac_AAAAAAAAAAAAAAAAAAAAAA.A',
    'gwrt_AAAAAAAAAAAAAAAAAAAAAA.9.A',
  ],
  ...['eyJhbGciOiJub25lIn0.e30.', 'a'.repeat(1_000), '9'.repeat(400), '\u{10ffff}'.repeat(50)],
];

/** Telling texts, nonsense, addresses; and what is handed in, which is good somewhere. */
export function anyText(...known: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(...TELLING, ...known),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
  );
}

/** Percent-encoded; text that no honest encoder lets through (a lone surrogate) as broken bytes. */
export function escaped(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return Buffer.from(text, 'utf16le').toString('hex').replace(/../g, '%$&');
  }
}

export function encode(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
}
