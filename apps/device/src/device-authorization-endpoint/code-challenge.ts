import { ClientForm } from '@grantway/platform';
import { isPkceValue, OAuthError } from '@grantway/protocol';

/** DV-08: a device may bind its code to a verifier (RFC 7636 §4.3); S256 alone. */
export function readCodeChallenge({ params }: ClientForm): string | undefined {
  const challenge = params.get('code_challenge');
  const method = params.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined) throw new OAuthError('invalid_request', { description: 'code_challenge is missing' });
    return undefined;
  }
  // RFC 7636 §4.3: no method means plain; it never silently becomes S256 (CO-08).
  if (method !== 'S256') {
    throw new OAuthError('invalid_request', { description: 'code_challenge_method must be S256' });
  }
  if (!isPkceValue(challenge)) throw new OAuthError('invalid_request', { description: 'code_challenge is malformed' });
  return challenge;
}
