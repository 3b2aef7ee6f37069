import { OAuthError, PROMPTS, Prompt } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** OIDC Core §3.1.2.1: what the person must be asked, and how old their sign-on may be. */
@Injectable()
export class CheckPrompt extends Step {
  run(context: AuthorizeContext): void {
    const { params } = context;
    const prompts = (params.get('prompt') ?? '').split(' ').filter(Boolean);
    if (!prompts.every(isPrompt)) throw new OAuthError('invalid_request', { description: 'prompt is not supported' });
    if (prompts.includes('none') && prompts.length > 1) {
      throw new OAuthError('invalid_request', { description: 'prompt none goes with no other' });
    }
    context.prompts = prompts;
    const maxAge = params.get('max_age');
    if (maxAge === undefined) return;
    if (!/^\d{1,9}$/.test(maxAge))
      throw new OAuthError('invalid_request', { description: 'max_age is no number of seconds' });
    context.maxAge = Number(maxAge);
  }
}

function isPrompt(prompt: string): prompt is Prompt {
  return (PROMPTS as readonly string[]).includes(prompt);
}
