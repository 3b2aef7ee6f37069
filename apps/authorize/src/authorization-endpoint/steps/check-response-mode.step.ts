import { OAuthError, RESPONSE_MODES, ResponseMode } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** Multiple Response Types §2.1; a mode we do not know is told in the default one. */
@Injectable()
export class CheckResponseMode extends Step {
  run(context: AuthorizeContext): void {
    const mode = context.params.get('response_mode');
    if (mode === undefined) return;
    if (!isResponseMode(mode))
      throw new OAuthError('invalid_request', { description: 'response_mode is not supported' });
    // A browser can post to web addresses alone.
    if (mode === 'form_post' && !/^https?:/.test(context.redirectUri ?? '')) {
      throw new OAuthError('invalid_request', { description: 'response_mode form_post needs an http(s) redirect_uri' });
    }
    context.responseMode = mode;
  }
}

function isResponseMode(mode: string): mode is ResponseMode {
  return (RESPONSE_MODES as readonly string[]).includes(mode);
}
