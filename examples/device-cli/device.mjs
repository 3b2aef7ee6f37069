import * as client from 'openid-client';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Finds out from the issuer's discovery document where everything is.
 *
 * @param {import('./options.mjs').Options} options
 */
export async function connect({ issuer, clientId, clientSecret }) {
  // Without TLS only to this very machine.
  const execute = LOOPBACK.has(issuer.hostname) ? [client.allowInsecureRequests] : [];
  const authentication = clientSecret ? client.ClientSecretBasic(clientSecret) : client.None();
  return client.discovery(issuer, clientId, undefined, authentication, { execute });
}

/**
 * RFC 8628 §3.1. The device code is bound to a verifier that never leaves this process, so whoever sees the code cannot use it.
 *
 * @param {client.Configuration} config
 * @param {string} scope
 */
export async function askForCode(config, scope) {
  const verifier = client.randomPKCECodeVerifier();
  const code_challenge = await client.calculatePKCECodeChallenge(verifier);
  const params = { scope, code_challenge, code_challenge_method: 'S256' };
  return { verifier, reply: await client.initiateDeviceAuthorization(config, params) };
}

/**
 * RFC 8628 §3.4: asks until the user decided, no oftener than `interval`, and more slowly when told to slow down.
 *
 * @param {client.Configuration} config
 * @param {Awaited<ReturnType<typeof askForCode>>} asked
 * @param {AbortSignal} signal
 */
export async function waitForUser(config, { reply, verifier }, signal) {
  const tokens = await client.pollDeviceAuthorizationGrant(config, reply, { code_verifier: verifier }, { signal });
  const subject = tokens.claims()?.sub;
  const user = subject === undefined ? undefined : await client.fetchUserInfo(config, tokens.access_token, subject);
  return { user, scope: tokens.scope ?? '', lifetime: tokens.expiresIn(), refreshable: Boolean(tokens.refresh_token) };
}
