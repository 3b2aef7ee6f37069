import { type Client, SecretBox } from '@grantway/domain';
import fc from 'fast-check';
import { clientWith, keyPair, SECRET, type Signer, secretSigner } from '../../test/signing.js';
import { app, box, ES256, everyKey, house, PURPOSES, pairs, RS256, signed } from '../../test/verifier-house.js';
import { ASYMMETRIC_ALGORITHMS, HMAC_ALGORITHMS } from './algorithms.js';

describe('ClientJwtVerifier: signatures', () => {
  it.each(ASYMMETRIC_ALGORITHMS.flatMap((alg) => PURPOSES.map((purpose) => [purpose, alg] as const)))(
    'RFC 7518 §3 a good %s signed with %s',
    async (purpose, alg) => {
      const { outcome, claims } = house();
      const own = pairs[alg] as Signer;
      const isRefused = purpose === 'backchannel_request' && alg.startsWith('RS');
      const expected = isRefused ? 'algorithm' : 'good';
      expect(await outcome(signed(claims(purpose), { kid: alg }, own), purpose)).toBe(expected);
      expect(await outcome(signed(claims(purpose), {}, own), purpose)).toBe(expected);
    },
  );

  it.each(HMAC_ALGORITHMS.flatMap((alg) => PURPOSES.map((purpose) => [purpose, alg] as const)))(
    'OIDC Core §9 a good %s keyed by the client secret with %s',
    async (purpose, alg) => {
      const { outcome, claims } = house();
      expect(await outcome(signed(claims(purpose), {}, secretSigner(SECRET, alg)), purpose)).toBe('good');
      expect(await outcome(signed(claims(purpose), {}, secretSigner(`${SECRET}x`, alg)), purpose)).toBe('signature');
      const keyed = clientWith(everyKey);
      expect(await outcome(signed(claims(purpose), {}, secretSigner(SECRET, alg)), purpose, { client: keyed })).toBe(
        'no_key',
      );
    },
  );

  it('RFC 7518 §3.2 a secret shorter than the hash keys nothing', async () => {
    const { outcome, claims } = house();
    for (const [alg, length] of [
      ['HS256', 31],
      ['HS384', 47],
      ['HS512', 63],
    ] as const) {
      for (const [secret, expected] of [
        [SECRET.slice(0, length), 'no_key'],
        [SECRET.slice(0, length + 1), 'good'],
      ] as const) {
        const client = { ...app, sealedSecret: box.seal(secret, 'acme/app').toString('base64url') };
        const jwt = signed(claims('request_object'), {}, secretSigner(secret, alg));
        expect([alg, await outcome(jwt, 'request_object', { client })]).toEqual([alg, expected]);
      }
    }
  });

  it('CVE-2026-107720 an empty secret or key set keys nothing', async () => {
    const { outcome, claims } = house();
    const bare = clientWith([], { sealedSecret: box.seal('', 'acme/app').toString('base64url') });
    const empty = signed(claims('client_assertion'), {}, secretSigner(''));
    expect(await outcome(empty, 'client_assertion', { client: bare })).toBe('no_key');
    expect(await outcome(signed(claims('client_assertion')), 'client_assertion', { client: bare })).toBe('no_key');
    const { keys: _keys, ...none } = app;
    expect(await outcome(signed(claims('client_assertion')), 'client_assertion', { client: none })).toBe('no_key');
  });

  it('X5 the kind of key can be narrowed to the one the client registered', async () => {
    const { outcome, claims } = house();
    const both = [signed(claims('client_assertion')), signed(claims('client_assertion'), {}, secretSigner())] as const;
    expect(await outcome(both[0], 'client_assertion', { keys: 'secret' })).toBe('algorithm');
    expect(await outcome(both[1], 'client_assertion', { keys: 'public' })).toBe('algorithm');
    expect(await outcome(both[0], 'client_assertion', { keys: 'public' })).toBe('good');
    expect(await outcome(both[1], 'client_assertion', { keys: 'secret' })).toBe('good');
  });

  describe.each(PURPOSES)('JW-01 %s', (purpose) => {
    it('refuses none, in any letters, and algorithms nobody named', async () => {
      const { outcome, claims } = house();
      for (const alg of [
        'none',
        'None',
        'NONE',
        'nOnE',
        '',
        'HS1',
        'ES256K',
        'dir',
        'PBES2-HS256+A128KW',
        '__proto__',
        'constructor',
      ]) {
        expect([alg, await outcome(ES256.sign({ alg }, claims(purpose)), purpose)]).toEqual([alg, 'algorithm']);
        const [header, payload] = ES256.sign({ alg }, claims(purpose)).split('.');
        expect([alg, await outcome(`${header}.${payload}.`, purpose)]).toEqual([alg, 'algorithm']);
      }
      for (const alg of [undefined, null, 1, ['ES256'], {}]) {
        expect(await outcome(ES256.sign({ alg }, claims(purpose)), purpose)).toBe('algorithm');
      }
    });

    it('CVE-2022-23539 refuses HMAC keyed by a public key, however it is spelled', async () => {
      const { outcome, claims } = house();
      for (const { publicKey, jwk } of [RS256, ES256]) {
        const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
        const spellings = [pem, pem.trim(), ` ${pem}`, `\ufeff${pem}`, `# key\n${pem}`, JSON.stringify(jwk), ''];
        const keys = [...spellings, publicKey.export({ format: 'der', type: 'spki' })];
        for (const client of [app, clientWith(everyKey)]) {
          for (const key of keys) {
            const jwt = signed(claims(purpose), { kid: jwk['kid'] }, secretSigner(key));
            expect(['no_key', 'signature']).toContain(await outcome(jwt, purpose, { client }));
          }
        }
      }
    });

    it('refuses another client’s key, another curve, a wrong, short, empty or zero signature', async () => {
      const { outcome, claims } = house();
      const good = signed(claims(purpose), { kid: 'ES256' });
      const input = good.slice(0, good.lastIndexOf('.'));
      expect(await outcome(good, purpose)).toBe('good');
      expect(await outcome(signed(claims(purpose), { kid: 'ES256' }, keyPair('ES256')), purpose)).toBe('signature');
      for (const bytes of [Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(1), Buffer.alloc(128)]) {
        expect(await outcome(`${input}.${bytes.toString('base64url')}`, purpose)).toBe('signature');
      }
      expect(await outcome(ES256.sign({ alg: 'ES384', kid: 'ES256' }, claims(purpose)), purpose)).toBe('no_key');
      expect(await outcome(ES256.sign({ alg: 'ES384' }, claims(purpose)), purpose)).toBe('signature');
    });

    it('refuses an RSA key below 2048 and beyond 8192 bits', async () => {
      const { outcome, claims } = house();
      const small = keyPair('PS256', 'small', 1024);
      expect(await outcome(signed(claims(purpose), {}, small), purpose, { client: clientWith([small.jwk]) })).toBe(
        'signature',
      );
      const own = pairs['PS256'] as ReturnType<typeof keyPair>;
      const huge = clientWith([{ ...own.jwk, n: 'A'.repeat(1_400) }]);
      expect(await outcome(signed(claims(purpose), {}, own), purpose, { client: huge })).toBe('no_key');
      expect(await outcome(signed(claims(purpose), {}, own), purpose, { client: clientWith([own.jwk]) })).toBe('good');
    });

    it.each([
      ['for encryption', { use: 'enc' }],
      ['for other operations', { key_ops: ['encrypt'] }],
      ['for another algorithm', { alg: 'ES384' }],
      ['that is symmetric', { kty: 'oct', k: 'c2VjcmV0' }],
      ['with its private part', { d: 'AAAA' }],
      ['that is no point', { x: 'AAAA' }],
    ])('refuses a key %s', async (_what, change) => {
      const { outcome, claims } = house();
      const jwt = signed(claims(purpose));
      const client = clientWith([{ ...ES256.jwk, ...change }]);
      expect(['no_key', 'signature']).toContain(await outcome(jwt, purpose, { client }));
      const beside = clientWith([{ ...ES256.jwk, ...change }, ES256.jwk]);
      expect(await outcome(jwt, purpose, { client: beside })).toBe('good');
    });

    it('JW-02 refuses headers that bring a key, and never calls an address in them', async () => {
      const { outcome, claims, site } = house();
      const own = keyPair('ES256', 'own');
      const bring = { jwk: own.jwk, jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x', x5c: ['AAAA'] };
      for (const [name, value] of Object.entries(bring)) {
        expect([name, await outcome(signed(claims(purpose), { [name]: value, kid: 'own' }, own), purpose)]).toEqual([
          name,
          'header',
        ]);
        expect([name, await outcome(signed(claims(purpose), { [name]: value }), purpose)]).toEqual([name, 'header']);
      }
      expect(site.requests).toEqual([]);
    });

    it.each(['../../x', "' OR 1=1--", 'x'.repeat(10_000), '', '\0', '__proto__', 'https://evil.example/k'])(
      'JW-02 a kid only looks up: %#',
      async (kid) => {
        const { outcome, claims } = house();
        expect(await outcome(signed(claims(purpose), { kid }), purpose)).toBe('no_key');
      },
    );

    it('JW-04 refuses what has to be understood and is not', async () => {
      const { outcome, claims } = house();
      const headers = [
        { crit: ['exp'], exp: 1 },
        { crit: ['b64'], b64: false },
        ...[{ crit: [] }, { b64: false }, { b64: true }, { cty: 'JWT' }, { enc: 'A128GCM' }, { zip: 'DEF' }],
      ];
      for (const header of headers) expect(await outcome(signed(claims(purpose), header), purpose)).toBe('header');
      for (const kid of [1, null, ['ES256'], {}])
        expect(await outcome(signed(claims(purpose), { kid }), purpose)).toBe('header');
    });

    it('JW-04 refuses duplicate members, a payload that is no object, and dates that are texts', async () => {
      const { outcome, claims, seconds } = house();
      const text = JSON.stringify(claims(purpose));
      const malformed = [
        ES256.sign('{"alg":"none","alg":"ES256"}', text),
        ES256.sign('{"alg":"ES256","kid":"x","kid":"ES256"}', text),
        ES256.sign({ alg: 'ES256' }, `{"iss":"other",${text.slice(1)}`.replace('"iss":"other"', '"exp":1')),
        ...['[]', `[${text}]`, '"text"', 'null', '1', '', 'x', `${text}x`].map((payload) =>
          ES256.sign({ alg: 'ES256' }, payload),
        ),
        ES256.sign('[]', text),
        ES256.sign('null', text),
      ];
      for (const jwt of malformed) expect(await outcome(jwt, purpose)).toBe('malformed');
      for (const name of ['exp', 'nbf', 'iat']) {
        for (const date of [String(seconds(60)), null, [seconds(60)], true, {}]) {
          expect([name, date, await outcome(signed(claims(purpose, { [name]: date })), purpose)]).toEqual([
            name,
            date,
            'claim_type',
          ]);
        }
      }
    });

    it('JW-06 takes the one strict spelling alone', async () => {
      const { outcome, claims } = house();
      const jwt = signed(claims(purpose));
      const [header = '', payload = '', signature = ''] = jwt.split('.');
      const loose = [
        ...[
          `${jwt}\n`,
          ` ${jwt}`,
          `${jwt}==`,
          `${jwt}.`,
          `${jwt}.x`,
          `${header}.${payload}`,
          `${header}. ${payload}.${signature}`,
        ],
        ...[
          `${jwt.slice(0, -1)}+`,
          `.${payload}.${signature}`,
          `${header}..${signature}`,
          '',
          '.',
          '..',
          '...',
          `${jwt}\0`,
        ],
        JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
        // The last of 86 characters carries two bits of the signature; the other four are loose.
        jwt.slice(0, -1) + String.fromCharCode(jwt.charCodeAt(jwt.length - 1) + 1),
        `${header}.${payload}.x.${signature}.y`,
        'a'.repeat(70_000),
      ];
      for (const text of loose)
        expect([text.slice(-20), await outcome(text, purpose)]).toEqual([text.slice(-20), 'malformed']);
      expect(await outcome(jwt, purpose)).toBe('good');
    });

    it('JW-05 is measured before it is read', async () => {
      const { outcome, claims } = house();
      const longest = ['request_object', 'backchannel_request'].includes(purpose) ? 65_536 : 16_384;
      const jwt = (pad: number) => signed(claims(purpose, { pad: 'x'.repeat(pad) }));
      expect(await outcome(jwt(longest * 0.7), purpose)).toBe('good');
      expect(await outcome(jwt(longest * 0.76), purpose)).toBe('malformed');
    });

    it('house: whatever it is, it is a verdict', async () => {
      const { verify } = house();
      const part = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constant('{"alg":"ES256"}'));
      const jwt = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.tuple(part, part).map(([header, payload]) => ES256.sign(header, payload)),
        fc.object().map((claims) => signed(claims)),
      );
      await fc.assert(
        fc.asyncProperty(jwt, async (text) => {
          const { refused, claims } = await verify(text, purpose);
          return purpose === 'login_hint_token' ? (refused ?? claims) !== undefined : refused !== undefined;
        }),
        { numRuns: 300 },
      );
    });

    it('house: a site that is away is a verdict, storage that is away is not', async () => {
      const { outcome, claims, site } = house();
      const away: Client = { ...app, keys: { jwksUri: 'https://app.example/jwks' } };
      expect(await outcome(signed(claims(purpose)), purpose, { client: away })).toBe('keys_unreachable');
      expect(site.requests).toHaveLength(1);
      const foreign = {
        ...app,
        sealedSecret: new SecretBox(Buffer.alloc(32, 9)).seal(SECRET, 'acme/app').toString('base64url'),
      };
      const keyed = signed(claims(purpose), {}, secretSigner());
      await expect(outcome(keyed, purpose, { client: foreign })).rejects.toThrow('does not open');
    });

    it('house: what is refused anyhow asks no site', async () => {
      const { outcome, claims, site } = house();
      const remote: Client = { ...app, keys: { jwksUri: 'https://app.example/jwks' } };
      expect(await outcome(signed(claims(purpose, { iss: 'other' })), purpose, { client: remote })).toBe('issuer');
      expect(site.requests).toEqual([]);
      site.serve(everyKey);
      expect(await outcome(signed(claims(purpose)), purpose, { client: remote })).toBe('good');
    });
  });
});
