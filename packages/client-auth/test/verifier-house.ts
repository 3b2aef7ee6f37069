import { SecretBox } from '@grantway/domain';
import { MemoryStores } from '@grantway/testing';
import { ASYMMETRIC_ALGORITHMS } from '../src/jwt/algorithms.js';
import { type ClientJwtExpectation, ClientJwtVerifier } from '../src/jwt/client-jwt.verifier.js';
import { ClientKeySets } from '../src/jwt/client-key-sets.js';
import type { ClientJwtPurpose } from '../src/jwt/purposes.js';
import { clientWith, FakeOutbound, ISSUER, keyPair, SECRET, type Signer } from './signing.js';

export const box = new SecretBox(Buffer.alloc(32, 4));
const sealedSecret = box.seal(SECRET, 'acme/app').toString('base64url');
export const pairs = Object.fromEntries(ASYMMETRIC_ALGORITHMS.map((alg) => [alg, keyPair(alg, alg)]));
export const ES256 = pairs['ES256'] as ReturnType<typeof keyPair>;
export const RS256 = pairs['RS256'] as ReturnType<typeof keyPair>;
export const everyKey = Object.values(pairs).map(({ jwk }) => jwk);
export const app = clientWith(everyKey, { sealedSecret });
export const PURPOSES: ClientJwtPurpose[] = [
  'client_assertion',
  'request_object',
  'backchannel_request',
  'login_hint_token',
];

export function house() {
  const [stores, site] = [new MemoryStores(), new FakeOutbound()];
  const now = () => stores.clock.now();
  const verifier = new ClientJwtVerifier(new ClientKeySets(site, now), box, stores.usedJwts, now);
  const seconds = (ahead = 0) => Math.floor(now() / 1000) + ahead;
  const environment = { id: 'acme', outbound: { privateAddresses: false } };
  const verify = (jwt: string, purpose: ClientJwtPurpose, more: Partial<ClientJwtExpectation> = {}) =>
    verifier.verify(jwt, { purpose, client: app, environment, issuer: ISSUER, ...more });
  let jtis = 0;
  /** The claims of a good one for each purpose. */
  const claims = (purpose: ClientJwtPurpose, changes: object = {}): object => {
    const [iat, exp] = [seconds(), seconds(60)];
    const good = {
      client_assertion: { iss: 'app', sub: 'app', aud: ISSUER, jti: `jti-${jtis++}`, iat, exp },
      request_object: { iss: 'app', aud: ISSUER, exp, response_type: 'code' },
      backchannel_request: { iss: 'app', aud: ISSUER, exp, iat, nbf: iat, jti: `jti-${jtis++}`, scope: 'openid' },
      login_hint_token: { sub: 'user-alice', exp },
    }[purpose];
    return { ...good, ...changes };
  };
  const outcome = async (jwt: string, purpose: ClientJwtPurpose, more: Partial<ClientJwtExpectation> = {}) =>
    (await verify(jwt, purpose, more)).refused ?? 'good';
  return { stores, site, seconds, verify, claims, outcome };
}

export function signed(claims: object, header: object = {}, by: Signer = ES256): string {
  return by.sign({ alg: by.alg, ...header }, claims);
}
