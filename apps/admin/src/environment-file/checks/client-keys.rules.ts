import { ClientAuthMethod } from '@grantway/protocol';
import { entries } from './check.js';
import { ClientKey, Fault, Question, Rule } from './client-rule.js';

const SECRET_KEYS = ['secret', 'secrets', 'secretHash'] as const satisfies readonly ClientKey[];
const KEY_KEYS = ['jwks', 'jwksUri'] as const satisfies readonly ClientKey[];
/** RFC 7518 §3.2: a key as long as the hash. Secrets are ASCII, so characters are bytes. */
const SHORTEST_KEY = 32;

/** RFC 6749 §2.1: a public client cannot keep a secret, a confidential one needs exactly one way to prove itself. */
function* oneKindOfSecret({ client: { auth }, has }: Question): Iterable<Fault> {
  const given = SECRET_KEYS.filter((key) => has(key));
  if (auth === undefined) return;
  if (auth === ClientAuthMethod.None) {
    for (const key of given) yield [[key], 'a public client (auth: none) has no secret'];
  } else if (auth === ClientAuthMethod.PrivateKeyJwt) {
    for (const key of given) yield [[key], `a client with auth: ${auth} proves itself with its keys and has no secret`];
  } else if (given.length === 0) {
    yield [[], `a client with auth: ${auth} needs one of ${SECRET_KEYS.join(', ')}`];
  } else {
    for (const key of given.slice(1)) yield [[key], `is one too many beside ${given[0]}`];
  }
}

/** RFC 7591 §2: `jwks` xor `jwks_uri` (DR-04). */
function* oneSourceOfKeys({ client: { auth }, has }: Question): Iterable<Fault> {
  const given = KEY_KEYS.filter((key) => has(key));
  for (const key of given.slice(1)) yield [[key], `is one too many beside ${given[0]}`];
  if (auth === ClientAuthMethod.PrivateKeyJwt && given.length === 0)
    yield [[], `a client with auth: ${auth} needs ${KEY_KEYS.join(' or ')}`];
}

/** Only the secret itself keys a JWT; its hash does not. */
function* secretThatSigns({ client, has, demo }: Question): Iterable<Fault> {
  const { auth, secretForSigning, secret } = client;
  const isJwtAuth = auth === ClientAuthMethod.SecretJwt;
  if (isJwtAuth && secretForSigning === false)
    yield [['secretForSigning'], `cannot be false: auth: ${auth} is signing with the secret`];
  if (!isJwtAuth && secretForSigning !== true) return;
  if (auth === ClientAuthMethod.None || auth === ClientAuthMethod.PrivateKeyJwt)
    yield [['secretForSigning'], `needs a secret, which a client with auth: ${auth} has not`];
  if (has('secretHash')) yield [['secretHash'], 'is not enough: JWTs are keyed by the secret itself, so give that'];
  if (demo) return;
  const message = `is shorter than ${SHORTEST_KEY} characters, too short to key JWTs (RFC 7518 §3.2)`;
  if (secret !== undefined && secret.length < SHORTEST_KEY) yield [['secret'], message];
  for (const [index, each] of entries(client.secrets)) {
    if (each.length < SHORTEST_KEY) yield [['secrets', index], message];
  }
}

/** What must be signed needs something to verify it with. */
function* keysForSignedRequests({ client, has }: Question): Iterable<Fault> {
  const isSecretKept = client.auth === ClientAuthMethod.SecretJwt || client.secretForSigning === true;
  if (isSecretKept || KEY_KEYS.some((key) => has(key))) return;
  const message = 'needs jwks, jwksUri or secretForSigning: true to verify them with';
  if (client.requestObjects === 'required') yield [['requestObjects'], message];
  if (client.backchannel?.signedRequests === true) yield [['backchannel', 'signedRequests'], message];
}

export const KEY_RULES: readonly Rule[] = [oneKindOfSecret, oneSourceOfKeys, secretThatSigns, keysForSignedRequests];
