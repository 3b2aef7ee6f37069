import { generateKeyPairSync } from 'node:crypto';
import { problemsOf } from '../../../test/environment-files.js';

const SHORT = 'canary-of-31-characters-xxxxxxx';
const LONG = `${SHORT}x`;

const client = (keys: string, head = '') =>
  `environment: e\n${head}\nclients:\n  - id: c\n    grantTypes: [client_credentials]\n    ${keys}`;
const withKeys = (...keys: object[]) => client(`auth: private_key_jwt\n    jwks: ${JSON.stringify({ keys })}`);

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const jwk = (key: { export(options: { format: 'jwk' }): object }) => key.export({ format: 'jwk' });

describe('DR-04 the keys of a client', () => {
  it.each([
    ['RSA of 2048 bits', jwk(rsa(2048).publicKey)],
    ['P-256', jwk(ec('P-256').publicKey)],
    ['P-384', jwk(ec('P-384').publicKey)],
    ['P-521', jwk(ec('P-521').publicKey)],
    ['Ed25519', jwk(generateKeyPairSync('ed25519').publicKey)],
  ])('%s is good', (_what, key) => {
    expect(problemsOf(withKeys({ kid: 'one', use: 'sig', ...key }, jwk(ec('P-256').publicKey)))).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a symmetric key', { kty: 'oct', k: 'Y2FuYXJ5' }, 'is a symmetric key (kty: oct)'],
    ['a private RSA key', jwk(rsa(2048).privateKey), 'holds a private key; give the public part alone'],
    ['a private EC key', jwk(ec('P-256').privateKey), 'holds a private key; give the public part alone'],
    ['RSA of 1024 bits', jwk(rsa(1024).publicKey), 'is an RSA key of 1024 bits, not of 2048–8192'],
    ['a curve that no JWS takes', jwk(ec('secp256k1').publicKey), 'needs a crv of P-256, P-384, P-521'],
    ['a key for encryption', jwk(generateKeyPairSync('x25519').publicKey), 'needs a crv of Ed25519'],
    ['no kind', { x: 'AA' }, 'needs a kty of RSA, EC or OKP'],
    [
      'a point off its curve',
      { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
      'is not a key: its numbers do not make one',
    ],
    ['an RSA key without modulus', { kty: 'RSA', e: 'AQAB' }, 'is not a key: its numbers do not make one'],
  ])('%s is refused, and not shown', (_what, key, fault) => {
    const problems = problemsOf(withKeys(jwk(ec('P-256').publicKey), key));
    expect(problems).toEqual([expect.stringContaining(`clients[0].jwks.keys[1]: ${fault}`)]);
    for (const value of Object.values(key)) {
      if (String(value).length > 8) expect(problems.join()).not.toContain(value);
    }
  });

  it.each([
    [
      'a set without keys',
      client('auth: private_key_jwt\n    jwks: { keys: [] }'),
      'clients[0].jwks.keys: needs at least 1',
    ],
    ['a key that is no map', withKeys('x' as never), 'clients[0].jwks.keys[0]: must be a JWK, a map'],
    [
      'two sources',
      withKeys(jwk(ec('P-256').publicKey)).concat('\n    jwksUri: https://c.example/jwks'),
      'clients[0].jwksUri: is one too many beside jwks',
    ],
    [
      'private_key_jwt without keys',
      client('auth: private_key_jwt'),
      'clients[0]: a client with auth: private_key_jwt needs jwks or jwksUri',
    ],
    [
      'private_key_jwt with a secret',
      client('auth: private_key_jwt\n    jwksUri: https://c.example/jwks\n    secret: ${LONG}'),
      'clients[0].secret: a client with auth: private_key_jwt proves itself with its keys and has no secret',
    ],
    [
      'DR-05 an address in the clear',
      client('auth: private_key_jwt\n    jwksUri: http://c.example/jwks'),
      'clients[0].jwksUri: uses http, which needs outbound.privateAddresses: true',
    ],
  ])('%s is refused', (_what, text, problem) => {
    expect(problemsOf(text, { LONG })).toEqual([expect.stringContaining(problem)]);
  });

  it('DR-05 http is for environments that may call private addresses', () => {
    const text = client(
      'auth: private_key_jwt\n    jwksUri: http://c.example/jwks',
      'outbound: { privateAddresses: true }',
    );
    expect(problemsOf(text)).toEqual([]);
  });
});

describe('a secret that keys JWTs', () => {
  const SHA = `sha256:${'A'.repeat(43)}`;

  it.each([
    ['client_secret_jwt with its secret', 'auth: client_secret_jwt\n    secret: ${LONG}'],
    ['a short secret that keys nothing', 'auth: client_secret_basic\n    secret: ${SHORT}'],
    ['two while one replaces the other', 'auth: client_secret_jwt\n    secrets: ["${LONG}", "${OTHER}"]'],
  ])('house: %s is in order', (_what, keys) => {
    expect(problemsOf(client(keys), { LONG, SHORT, OTHER: `${LONG}2` })).toEqual([]);
  });

  it('RFC 7518 §3.2 a demo may have a short one', () => {
    expect(problemsOf(client('auth: client_secret_jwt\n    secret: short', 'demo: true'))).toEqual([]);
  });

  const tooShort = 'is shorter than 32 characters, too short to key JWTs (RFC 7518 §3.2)';
  it.each([
    ['RFC 7518 §3.2', 'auth: client_secret_jwt\n    secret: ${SHORT}', [`clients[0].secret: ${tooShort}`]],
    [
      'RFC 7518 §3.2',
      'auth: client_secret_basic\n    secret: ${SHORT}\n    secretForSigning: true',
      [`clients[0].secret: ${tooShort}`],
    ],
    [
      'RFC 7518 §3.2',
      'auth: client_secret_jwt\n    secrets: ["${LONG}", "${SHORT}"]',
      [`clients[0].secrets[1]: ${tooShort}`],
    ],
    [
      'house',
      `auth: client_secret_jwt\n    secretHash: ${SHA}`,
      ['clients[0].secretHash: is not enough: JWTs are keyed by the secret itself, so give that'],
    ],
    [
      'house',
      'auth: client_secret_jwt\n    secret: ${LONG}\n    secretForSigning: false',
      ['clients[0].secretForSigning: cannot be false: auth: client_secret_jwt is signing with the secret'],
    ],
    [
      'house',
      'auth: private_key_jwt\n    jwksUri: https://c.example/k\n    secretForSigning: true',
      ['clients[0].secretForSigning: needs a secret, which a client with auth: private_key_jwt has not'],
    ],
    [
      'house',
      'auth: client_secret_jwt',
      ['clients[0]: a client with auth: client_secret_jwt needs one of secret, secrets, secretHash'],
    ],
    [
      'RFC 9101 §10.5',
      'auth: client_secret_basic\n    secret: ${LONG}\n    requestObjects: required',
      ['clients[0].requestObjects: needs jwks, jwksUri or secretForSigning: true to verify them with'],
    ],
    [
      'CIBA Core §7.1.1',
      'auth: client_secret_basic\n    secret: ${LONG}\n    backchannel: { signedRequests: true }',
      ['clients[0].backchannel.signedRequests: needs jwks, jwksUri or secretForSigning: true to verify them with'],
    ],
  ])('%s: %s is refused, and not shown', (_rule, keys, expected) => {
    const problems = problemsOf(client(keys), { LONG, SHORT });
    expect(problems.map((problem) => problem.replace(/^\d+:\d+ /, ''))).toEqual(expected);
    expect(problems.join()).not.toContain('canary');
  });

  it.each(['requestObjects: required', 'backchannel: { signedRequests: true }'])(
    'RFC 9101 §10.5: %s is in order with a secret that is kept',
    (keys) => {
      expect(problemsOf(client(`auth: client_secret_jwt\n    secret: \${LONG}\n    ${keys}`), { LONG })).toEqual([]);
    },
  );
});
