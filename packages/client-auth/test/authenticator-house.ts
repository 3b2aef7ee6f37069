import { type Client, NO_LEGACY } from '@grantway/domain';
import { ClientAuthMethod } from '@grantway/protocol';
import { aClient, aPublicClient, MemoryStores } from '@grantway/testing';
import { ClientAuthenticator } from '../src/client-authenticator.js';
import { ClientSecretBasicMethod } from '../src/client-secret-basic/client-secret-basic.method.js';
import { ClientSecretHasher } from '../src/client-secret-hasher.js';
import { ClientSecretJwtMethod } from '../src/client-secret-jwt/client-secret-jwt.method.js';
import { ClientSecretPostMethod } from '../src/client-secret-post/client-secret-post.method.js';
import { ClientJwtVerifier } from '../src/jwt/client-jwt.verifier.js';
import { ClientKeySets } from '../src/jwt/client-key-sets.js';
import type { ClientAuthContext } from '../src/method.js';
import { NoneMethod } from '../src/none/none.method.js';
import { PrivateKeyJwtMethod } from '../src/private-key-jwt/private-key-jwt.method.js';
import { clientWith, FakeOutbound, ISSUER, keyPair, SECRET as LONG_SECRET, type Signer } from './signing.js';
import { box } from './verifier-house.js';

const hasher = new ClientSecretHasher(Buffer.alloc(32, 1));
export const SECRET = 's3cret';
export const secretHashes = [hasher.hash(SECRET)];
export const key = keyPair('ES256', 'key-1');
const sealed = (id: string) => box.seal(LONG_SECRET, `acme/${id}`).toString('base64url');

/** An authenticator with one client of each method, and two whose credentials need care on the wire. */
export function house() {
  const stores = new MemoryStores();
  stores.clients.add(
    aClient({ id: 'basic', authMethod: ClientAuthMethod.SecretBasic, secretHashes }),
    aClient({ id: 'post', authMethod: ClientAuthMethod.SecretPost, secretHashes }),
    aPublicClient({ id: 'public' }),
    aClient({ id: 'off', enabled: false, secretHashes }),
    aClient({ id: 'my app:é', secretHashes: [hasher.hash('p+q %:é')] }),
    aClient({ id: 'basic', environmentId: 'other', secretHashes: [hasher.hash('other')] }),
    clientWith([key.jwk], { id: 'signer', authMethod: ClientAuthMethod.PrivateKeyJwt }),
    clientWith([key.jwk], { id: 'signer-off', authMethod: ClientAuthMethod.PrivateKeyJwt, enabled: false }),
    clientWith([], { id: 'keyless', authMethod: ClientAuthMethod.PrivateKeyJwt }),
    aClient({ id: 'sealed', authMethod: ClientAuthMethod.SecretJwt, secretHashes, sealedSecret: sealed('sealed') }),
    clientWith([key.jwk], {
      ...{ id: 'legacy', authMethod: ClientAuthMethod.PrivateKeyJwt },
      legacy: { ...NO_LEGACY, assertionAudience: true },
    }),
    aClient({ id: 'remote', authMethod: ClientAuthMethod.PrivateKeyJwt, keys: { jwksUri: 'https://rp.example/jwks' } }),
    // It could sign, and is registered for a secret.
    clientWith([key.jwk], { id: 'both', secretHashes, sealedSecret: sealed('both') }),
  );
  const site = new FakeOutbound();
  const now = () => stores.clock.now();
  const verifier = new ClientJwtVerifier(new ClientKeySets(site, now), box, stores.usedJwts, now);
  const methods = [
    ...[new ClientSecretBasicMethod(hasher), new ClientSecretPostMethod(hasher)],
    ...[new ClientSecretJwtMethod(verifier), new PrivateKeyJwtMethod(verifier), new NoneMethod()],
  ];
  const authenticator = new ClientAuthenticator(methods, stores.clients, stores.attempts);
  const environment = { id: 'acme', outbound: { privateAddresses: false } };
  const place = { environment, ip: '192.0.2.1', issuer: ISSUER, endpoint: `${ISSUER}/par` };
  const authenticate = (request: Partial<ClientAuthContext>): Promise<Client> =>
    authenticator.authenticate({ ...place, ...request });
  let jtis = 0;
  /** The parameters of an assertion of this client, good but for the changes. */
  const assertion = (id: string, changes: object = {}, by: Signer = key) => {
    const exp = Math.floor(now() / 1000) + 60;
    const claims = { iss: id, sub: id, aud: ISSUER, exp, jti: `jti-${jtis++}`, ...changes };
    return { clientAssertionType: JWT_BEARER, clientAssertion: by.sign({ alg: by.alg }, claims) };
  };
  return { stores, site, authenticator, authenticate, assertion, environment };
}

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((half) => new URLSearchParams({ half }).toString().slice('half='.length));
  return rawBasic(encoded.join(':'));
}

export function rawBasic(text: string | Buffer): string {
  return `Basic ${Buffer.from(text as string).toString('base64')}`;
}
