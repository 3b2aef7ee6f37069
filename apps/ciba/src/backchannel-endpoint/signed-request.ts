import { ClientJwtVerifier } from '@grantway/client-auth';
import { Client, Environment } from '@grantway/domain';
import { ClientForm } from '@grantway/platform';
import { Injectable } from '@nestjs/common';
import { invalid } from './invalid.js';

/** What a client proves itself with, the only parameters that may stand beside `request`. */
const AUTHENTICATION = new Set(['client_id', 'client_secret', 'client_assertion', 'client_assertion_type']);
/** Claims that are about the JWT, not about the request. */
const ABOUT_IT = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'sub']);
/** As a request of a person's browser could not bring more either. */
const LONGEST = 8_192;

/** Signed authentication requests (CIBA Core §7.1.1, B7, CB-07). Whatever is wrong with one is `invalid_request` (§13). */
@Injectable()
export class SignedRequests {
  constructor(private readonly verifier: ClientJwtVerifier) {}

  /** The parameters that count: those in `request` if there is one, else those of the form. */
  async open(form: ClientForm, client: Client, environment: Environment, issuer: string): Promise<ClientForm> {
    const request = form.params.get('request');
    if (request === undefined) {
      if (client.backchannel.signedRequests) throw invalid('request is missing');
      return form;
    }
    const beside = [...form.params.keys()].find((name) => name !== 'request' && !AUTHENTICATION.has(name));
    if (beside !== undefined || form.resources.length > 0) throw invalid('a parameter stands outside request');
    const verdict = await this.verifier.verify(request, {
      purpose: 'backchannel_request',
      client,
      environment,
      issuer,
    });
    if (!verdict.claims) throw invalid('request is not valid', `backchannel_request.${verdict.refused}`);
    return toForm(verdict.claims, client);
  }
}

function toForm(claims: Readonly<Record<string, unknown>>, client: Client): ClientForm {
  const { resource = [], client_id = client.id, ...rest } = claims;
  if (client_id !== client.id || 'request' in rest) throw invalid('request is not valid', 'backchannel_request.nested');
  const params = new Map<string, string>();
  for (const [name, value] of Object.entries(rest)) {
    if (ABOUT_IT.has(name) || value === '') continue;
    params.set(textOf(name), textOf(value));
  }
  const resources = [resource].flat().map(textOf);
  return { params, resources };
}

/** What no form could bring either, and no row can hold. */
const CONTROL = /[\p{Cc}\p{Surrogate}]/u;
const WRONG_TYPE = 'backchannel_request.claim_type';

/** §7.1.1: a parameter is a string; `requested_expiry` may be a number as well. What else a claim holds is no parameter. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value.length > LONGEST || CONTROL.test(value))
    throw invalid('request is not valid', WRONG_TYPE);
  return value;
}
