const WORDS = {
  access_denied: 'You said no, so nothing was granted to this device.',
  expired_token: 'Nobody answered in time. Start again for a new code.',
  invalid_client: 'The server does not know this client, or its secret is wrong (DEVICE_CLIENT_SECRET).',
  unauthorized_client: 'This client may not use device codes.',
  too_many_requests: 'Too many devices of this client are waiting. Try again in a minute.',
};

/**
 * What went wrong, for a person; never a stack.
 *
 * @param {any} error from openid-client, or from the network
 * @param {import('./options.mjs').Options} options
 */
export function explain(error, { issuer }) {
  const code = error?.error;
  if (code) return WORDS[code] ?? `The server refused: ${[code, error.error_description].filter(Boolean).join(', ')}.`;
  if (error?.code === 'OAUTH_TIMEOUT' || error?.name === 'TimeoutError')
    return `${issuer.href} did not answer in time.`;
  const network = networkCode(error);
  if (network) return `${issuer.href} cannot be reached (${network}).`;
  if (error?.code === 'OAUTH_HTTP_REQUEST_FORBIDDEN') return 'Only https issuers are allowed, except on this machine.';
  if (/device_authorization_endpoint/.test(error?.message)) return `${issuer.href} does not offer device codes.`;
  if (error?.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM')
    return `${issuer.href} is not an issuer, or does not answer as one.`;
  return `That did not work: ${error?.message ?? error}`;
}

function networkCode(error) {
  for (let cause = error; cause; cause = cause.cause) {
    if (typeof cause.code === 'string' && /^E[A-Z]+$/.test(cause.code)) return cause.code;
    const [first] = cause.errors ?? [];
    if (first?.code) return first.code;
  }
  return undefined;
}
