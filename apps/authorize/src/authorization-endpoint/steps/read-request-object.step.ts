import { ClientJwtVerifier } from '@grantway/client-auth';
import { isStorable, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext, SentParams } from '../authorize-context.js';
import { Step } from '../step.js';

/** RFC 7519 §4.1: about the object itself, and no parameters. */
const ABOUT_THE_OBJECT = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'sub']);
/** RFC 9101 §4: an object holds no other one. */
const NESTED = ['request', 'request_uri'];

/** RFC 9101 §6.3, OIDC Core §6.1: only what the client signed counts (PR-07). */
@Injectable()
export class ReadRequestObject extends Step {
  constructor(private readonly verifier: ClientJwtVerifier) {
    super();
  }

  async run(context: AuthorizeContext): Promise<void> {
    const { client, environment, issuer, params, pushed } = context;
    const jwt = params.get('request');
    // RFC 9101 §5: not both; the reference is refused, unseen, as any other is.
    if (jwt === undefined || pushed || params.has('request_uri')) return;
    const { claims, refused } = await this.verifier.verify(jwt, {
      purpose: 'request_object',
      client,
      environment,
      issuer,
    });
    if (refused !== undefined) {
      // A redirect URI outside the object may still be a registered one, and then hears of it.
      context.requestObjectRefused = badObject(`request_object.${refused}`);
      return;
    }
    // Whose request is it? Nobody can be told but the person.
    if (claims['client_id'] !== client.id)
      throw new OAuthError('invalid_request', { reason: 'request_object.client_id' });
    if (NESTED.some((name) => claims[name] !== undefined)) {
      context.requestObjectRefused = badObject('request_object.nested');
      return;
    }
    const signed = paramsOf(claims);
    // JSON can hold what an address cannot.
    if (!Object.entries(signed).flat(2).every(isStorable)) {
      context.requestObjectRefused = badObject('request_object.text');
      return;
    }
    context.read(signed);
    context.signed = true;
  }
}

function badObject(reason: string): OAuthError {
  return new OAuthError('invalid_request_object', { reason, description: 'the request object is not valid' });
}

/** RFC 9101 §4: parameters are claims; those that are no text in an address are text here too. */
function paramsOf(claims: Readonly<Record<string, unknown>>): SentParams {
  const params = Object.entries(claims).filter(([name]) => !ABOUT_THE_OBJECT.has(name));
  return Object.fromEntries(
    params.map(([name, value]) => [name, (name === 'resource' ? [value].flat() : [value]).map(textOf)]),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
