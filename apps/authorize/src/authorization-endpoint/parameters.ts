/**
 * What an authorization request may say (OIDC Core §3.1.2.1, RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2.1), with the most
 * characters each may have as it stands in an address. Longer ones are nobody's honest value, and would make answers that no
 * client can read. What is not here means nothing to us, and is not kept.
 */
export const PARAMETERS: Readonly<Record<string, number>> = {
  client_id: 256,
  redirect_uri: 4_096,
  response_type: 64,
  response_mode: 64,
  scope: Number.POSITIVE_INFINITY, // the grammar of scopes has its own limit, and its own error
  resource: 4_096,
  state: 2_048,
  nonce: 512,
  code_challenge: 256,
  code_challenge_method: 32,
  prompt: 128,
  max_age: 32,
  acr_values: 2_048,
  claims: 8_192,
  login_hint: 512,
  id_token_hint: 16_384,
  login_hint_token: 16_384,
};

export function isTooLong(name: string, value: string): boolean {
  const most = PARAMETERS[name];
  return most !== undefined && encodeURIComponent(value).length > most;
}

/**
 * In a stored pushed request, whom its `login_hint_token` named. No parameter of a request can have this name: what is not in
 * {@link PARAMETERS} is not stored.
 */
export const HINTED_SUBJECT = ' hinted subject';
