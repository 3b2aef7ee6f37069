import { Acr, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/**
 * OIDC Core §3.1.2.1, §5.5.1.1: how the person must be authenticated. `acr_values` are wishes, and there is one way to sign on; an `acr` that `claims` calls
 * essential is met or refused, never lowered (OI-03). Nothing else in `claims` is honoured, so it reveals nothing (OI-04).
 */
@Injectable()
export class CheckAuthenticationContext extends Step {
  run({ params }: AuthorizeContext): void {
    const essential = essentialAcr(params.get('claims'));
    if (essential && !essential.includes(Acr.SingleFactor)) {
      throw new OAuthError('unmet_authentication_requirements', { description: 'acr cannot be met' });
    }
  }
}

/** The values one of which must be met, or undefined when any will do. */
function essentialAcr(text: string | undefined): readonly unknown[] | undefined {
  if (text === undefined) return undefined;
  const acr = member(member(parse(text), 'id_token'), 'acr');
  if (member(acr, 'essential') !== true) return undefined;
  const { value, values } = acr as { value?: unknown; values?: unknown };
  if (Array.isArray(values)) return values;
  return value === undefined ? undefined : [value];
}

function parse(text: string): unknown {
  try {
    const claims: unknown = JSON.parse(text);
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims;
  } catch {
    // Told below, as anything else that is no object.
  }
  throw new OAuthError('invalid_request', { description: 'claims is malformed' });
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
