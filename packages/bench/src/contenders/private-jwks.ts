import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** New signing keys of a server, one for ES256 and one for RS256 with 2048 bits: it keeps them when it is restarted. */
export async function privateJwks(): Promise<{ readonly keys: JWK[] }> {
  return { keys: [await privateJwk('ES256'), await privateJwk('RS256')] };
}

async function privateJwk(alg: 'ES256' | 'RS256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2_048 });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `signing-${alg.toLowerCase()}` };
}
