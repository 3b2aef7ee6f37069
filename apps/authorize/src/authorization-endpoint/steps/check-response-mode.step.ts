import {
  canonicalResponseType,
  defaultResponseMode,
  isKnownResponseType,
  OAuthError,
  RESPONSE_MODES,
  ResponseMode,
} from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** Multiple Response Types §2.1, §5; a mode we do not know is told in the default one of the response type. */
@Injectable()
export class CheckResponseMode extends Step {
  run(context: AuthorizeContext): void {
    const type = canonicalResponseType(context.params.get('response_type') ?? '');
    context.responseMode = isKnownResponseType(type) ? defaultResponseMode(type) : 'query';
    const mode = context.params.get('response_mode');
    if (mode === undefined) return;
    if (!isResponseMode(mode))
      throw new OAuthError('invalid_request', { description: 'response_mode is not supported' });
    // Queries end up in logs and histories, so no token travels in one (I3, H1).
    if (mode === 'query' && context.responseMode === 'fragment') {
      throw new OAuthError('invalid_request', { description: 'response_mode query carries no tokens' });
    }
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
