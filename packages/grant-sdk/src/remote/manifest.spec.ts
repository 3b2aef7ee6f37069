import { GrantType } from '@grantway/protocol';
import { Grant, grantOptions } from '../grant.decorator.js';
import type { GrantHandler } from '../grant-handler.js';
import type { Issuance } from '../issuance.js';
import { OptionalParam, Param } from '../params.js';
import { manifestOf, readManifest } from './manifest.js';
import type { Malformed } from './shape.js';

class TicketParams {
  @Param({ max: 8 })
  readonly ticket!: string;

  @OptionalParam()
  readonly seat?: string;
}

@Grant({
  type: 'urn:example:ticket',
  params: TicketParams,
  clients: 'confidential',
  slug: 'ticket',
  spends: 'deviceCode',
  metadata: { paths: { ticket_endpoint: '/tickets/new' }, values: { ticket_kinds_supported: ['day', 'year'] } },
})
class TicketGrant implements GrantHandler<TicketParams> {
  handle(): Promise<Issuance> {
    throw new Error('not asked here');
  }
}

const options = grantOptions(TicketGrant) as NonNullable<ReturnType<typeof grantOptions>>;
const GOOD = {
  contract: 1,
  slug: 'ticket',
  type: 'urn:example:ticket',
  clients: 'confidential',
  params: [
    { name: 'ticket', required: true, max: 8 },
    { name: 'seat', required: false, max: 4_096 },
  ],
  spends: 'deviceCode',
  metadata: { paths: { ticket_endpoint: '/tickets/new' }, values: { ticket_kinds_supported: ['day', 'year'] } },
};
const json = (text: string) => JSON.parse(text);

describe('manifest, design section 5', () => {
  it('house: says in words that cross a wire what @Grant says', () => {
    expect(JSON.parse(JSON.stringify(manifestOf(options)))).toEqual(GOOD);
    expect(readManifest(GOOD)).toEqual(GOOD);
  });

  it('house: the slug is what the last segment of the type makes, said or not', () => {
    const { slug: _slug, ...unsaid } = options;
    expect(manifestOf(unsaid).slug).toBe('ticket');
    expect(() => manifestOf({ ...options, slug: 'other' })).toThrow(
      `the slug of the grant type ${options.type} must be ticket`,
    );
    expect(() => manifestOf({ ...unsaid, type: 'urn:example:!' })).toThrow('makes no slug');
  });

  it.each([GrantType.AuthorizationCode, GrantType.RefreshToken, GrantType.JwtBearer])(
    'house: %s runs in the token service alone',
    (type) => {
      const { slug: _slug, ...unsaid } = options;
      expect(() => manifestOf({ ...unsaid, type })).toThrow('runs in the token service alone');
    },
  );

  it('house: a grant whose artifact names its client cannot be asked from afar', () => {
    expect(() => manifestOf({ ...options, clients: 'named-by-grant' })).toThrow('manifest.clients');
  });

  describe('tells an author what is wrong, and a stranger’s words to nobody', () => {
    const values = (metadata: object) => ({ metadata: { values: metadata } });
    it.each<[string, object, string]>([
      ['a name of another slug', values({ seats_supported: true }), '"seats_supported" must begin with ticket_'],
      ['a name in capitals', values({ ticket_Kinds: true }), '"ticket_Kinds" must be at most 64 of a-z, 0-9 and _'],
      ['a number', values({ ticket_kinds: 1 }), '"ticket_kinds" must be true, false, a text of at most 256 characters'],
      ['an address', values({ ticket_policy: 'https://a.example' }), '"ticket_policy" is an address: those are paths'],
      ['a path', { metadata: { paths: { ticket_endpoint: 'new' } } }, '"ticket_endpoint" must be a path below the'],
      [
        'a name in both',
        { metadata: { paths: { ticket_a: '/a' }, values: { ticket_a: true } } },
        '"ticket_a" is in both paths and values',
      ],
      [
        'too many names',
        values(Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`ticket_${at}`, true]))),
        'at most 32 names, and these are 33',
      ],
      ['one part more', { metadata: { path: {} } }, 'has paths and values, and nothing else'],
      [
        'a slug that begins with a digit',
        { type: 'urn:example:2fa', slug: '2fa', ...values({ '2fa_methods': true }) },
        '"2fa_methods" cannot be: names begin with a letter and with the slug, and "2fa" begins with a digit',
      ],
      [
        'a name of the server',
        { type: 'urn:example:token-x', slug: 'token-x', ...values({ token_x_kinds: true }) },
        '"token_x_kinds" is a name of the server itself',
      ],
      ['its clients', { clients: 'named-by-grant' }, "manifest.clients: must be 'any' or 'confidential'"],
      [
        'its spends',
        { spends: 'refreshToken' },
        'manifest.spends: must be one of deviceCode, backchannelRequest, once',
      ],
    ])('house: %s', (_what, changes, message) => {
      expect(() => manifestOf({ ...options, ...changes })).toThrow(message);
      const stranger = { ...GOOD, ...changes };
      const error = refused(stranger);
      expect(error.place).toMatch(/^manifest\.(?:metadata(?:\.path)?|clients|spends)$/);
    });

    it('house: a parameter, by its name', () => {
      class Params {
        @Param()
        readonly Seat!: string;
      }
      class Endless {
        @Param({ max: 100_000 })
        readonly seat!: string;
      }
      class Secret {
        @Param()
        readonly client_secret!: string;
      }
      const told = (params: new () => object) => () => manifestOf({ ...options, params });
      expect(told(Params)).toThrow('manifest.params.0.name: "Seat": its name is of a-z, 0-9 and _');
      expect(told(Endless)).toThrow('manifest.params.0.max: "seat": its max is a whole number from 1 to 65536');
      expect(told(Secret)).toThrow('manifest.params: at most 32 names, each once, and none of client_secret');
    });

    it('house: of a key that a stranger made up, 40 harmless characters are told', () => {
      const error = refused({ ...GOOD, [`a\n\u001b[31m"${'x'.repeat(100)}`]: 1 });
      expect(error.place).toBe(`manifest.a???31m?${'x'.repeat(32)}`);
    });

    function refused(manifest: unknown): Malformed {
      try {
        readManifest(manifest);
      } catch (error) {
        return error as Malformed;
      }
      throw new Error('it was taken');
    }
  });

  const BAD: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['a text', 'manifest'],
    ['a list', [GOOD]],
    ['another version', { ...GOOD, contract: 2 }],
    ['a slug in capitals', { ...GOOD, slug: 'Ticket' }],
    ['a slug that is a subject', { ...GOOD, slug: 'ticket.>' }],
    ['a slug that begins like an option', { ...GOOD, slug: '-ticket' }],
    ['a slug that ends with a hyphen', { ...GOOD, slug: 'ticket-' }],
    ['a slug of hyphens', { ...GOOD, slug: '--' }],
    ['a slug too long', { ...GOOD, slug: 'a'.repeat(41) }],
    ['no type', { ...GOOD, type: '' }],
    ['a type with a space', { ...GOOD, type: 'urn:example: ticket' }],
    ['unknown clients', { ...GOOD, clients: 'named-by-grant' }],
    ['a field nobody knows', { ...GOOD, trusted: true }],
    ['params that are no list', { ...GOOD, params: { ticket: true } }],
    ['a param of another shape', { ...GOOD, params: [{ name: 'ticket' }] }],
    ['a param that is null', { ...GOOD, params: [null] }],
    ['a param twice', { ...GOOD, params: [GOOD.params[0], GOOD.params[0]] }],
    ['a param of no length', { ...GOOD, params: [{ name: 'ticket', required: true, max: 0 }] }],
    [
      'too many params',
      { ...GOOD, params: Array.from({ length: 33 }, (_, at) => ({ ...GOOD.params[0], name: `p${at}` })) },
    ],
    ...['client_secret', 'client_assertion', 'client_assertion_type', 'constructor', '__proto__', 'Ticket', ''].map(
      (name) => [`a param named "${name}"`, { ...GOOD, params: [{ name, required: true, max: 8 }] }] as const,
    ),
    ['it spends a code', { ...GOOD, spends: 'authorizationCode' }],
    ['it spends a refresh token', { ...GOOD, spends: 'refreshToken' }],
    ['it spends null', { ...GOOD, spends: null }],
    ['a prototype of its own', json('{"__proto__":{"slug":"ticket"},"contract":1}')],
    ['a prototype within', { ...GOOD, metadata: json('{"values":{"__proto__":true}}') }],
    ['16 KB and more', { ...GOOD, metadata: { values: { x: Array.from({ length: 50 }, () => 'y'.repeat(400)) } } }],
    ...['https://evil.example', '//evil.example', '/../token', '/a/../b', 'tickets', '/a?b', '/a#b', '/', '/a\n'].map(
      (path) =>
        [`the path ${JSON.stringify(path)}`, { ...GOOD, metadata: { paths: { ticket_endpoint: path } } }] as const,
    ),
    ['an address as a value', { ...GOOD, metadata: { values: { ticket_endpoint: 'https://evil.example' } } }],
    ['a name in both', { ...GOOD, metadata: { paths: { a: '/a' }, values: { a: true } } }],
    ['an address under another name', { ...GOOD, metadata: { values: { ticket_policy: 'HTTPS://evil.example' } } }],
    ['a value that is a number', { ...GOOD, metadata: { values: { tickets: 1 } } }],
    ['a value that is an object', { ...GOOD, metadata: { values: { tickets: {} } } }],
    ...['issuer', 'token_endpoint', 'jwks_uri', 'jwks', 'grant_types_supported', 'registration_endpoint'].map(
      (name) => [`the server’s own ${name}`, { ...GOOD, metadata: { paths: { [name]: '/mine' } } }] as const,
    ),
    ...['claims_supported', 'id_token_signing_alg_values_supported', 'dpop_signing_alg_values_supported'].map(
      (name) => [`the server’s own ${name}`, { ...GOOD, metadata: { values: { [name]: ['none'] } } }] as const,
    ),
  ];
  it.each(BAD)('house: refused: %s', (_what, manifest) => {
    expect(() => readManifest(manifest)).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });

  it.each([
    ['RFC 8628 §4', 'device-code', { paths: { device_authorization_endpoint: '/device_authorization' } }],
    [
      'CIBA Core §4',
      'ciba',
      {
        paths: { backchannel_authentication_endpoint: '/bc-authorize' },
        values: {
          backchannel_token_delivery_modes_supported: ['poll', 'ping', 'push'],
          backchannel_authentication_request_signing_alg_values_supported: ['ES256'],
          backchannel_user_code_parameter_supported: true,
        },
      },
    ],
  ])('%s IN-01 what our own grants say fits, and nobody else says it', (_section, slug, metadata) => {
    expect(readManifest({ ...GOOD, slug, metadata }).metadata).toEqual(metadata);
    expect(() => readManifest({ ...GOOD, metadata })).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });
});
