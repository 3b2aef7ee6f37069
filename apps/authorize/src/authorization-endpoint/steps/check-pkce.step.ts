import { isPublic } from '@grantway/domain';
import { CodeChallengeMethod, isPkceValue, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** RFC 7636 §4.3, §4.4.1; RFC 9700 §2.1.1: compulsory for public clients, and S256 alone unless a legacy flag says otherwise. */
@Injectable()
export class CheckPkce extends Step {
  run(context: AuthorizeContext): void {
    const { client, environment, params, responseType } = context;
    // There is no code to protect.
    if (!responseType.split(' ').includes('code')) return;
    const challenge = params.get('code_challenge');
    const methodText = params.get('code_challenge_method');
    if (challenge === undefined) {
      const required = isPublic(client) || client.pkceRequired || environment.pkce === 'required';
      if (required || methodText !== undefined) {
        throw new OAuthError('invalid_request', { description: 'code_challenge is missing' });
      }
      return;
    }
    // RFC 7636 §4.3: no method means plain; it never silently becomes S256 (CO-08).
    const method = methodText ?? 'plain';
    const allowed: readonly string[] = client.legacy.plainPkce ? ['S256', 'plain'] : ['S256'];
    if (!allowed.includes(method)) {
      throw new OAuthError('invalid_request', { description: 'code_challenge_method must be S256' });
    }
    if (!isPkceValue(challenge))
      throw new OAuthError('invalid_request', { description: 'code_challenge is malformed' });
    context.codeChallenge = challenge;
    context.codeChallengeMethod = method as CodeChallengeMethod;
  }
}
