import { ClientAuthenticator, clientAuthContext } from '@grantway/client-auth';
import { HttpCall, HttpReply } from '@grantway/contracts';
import {
  AttemptLimits,
  addressKey,
  Client,
  Environment,
  isPublic,
  PUSHED_REQUESTS,
  PushedRequests,
} from '@grantway/domain';
import { answerClient, ClientCall, EventLog, NO_STORE } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { AuthorizeContext, SentParams } from '../authorization-endpoint/authorize-context.js';
import { HINTED_SUBJECT, PARAMETERS } from '../authorization-endpoint/parameters.js';
import { Step } from '../authorization-endpoint/step.js';

/** Client authentication, and no part of the request (RFC 9126 §2.1). */
const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** A client brings its authorization request beforehand; every check runs now, and its errors are JSON (RFC 9126 §2, P1, P2). */
export class PushedAuthorizationEndpoint {
  constructor(
    private readonly steps: readonly Step[],
    private readonly authenticator: ClientAuthenticator,
    private readonly limits: AttemptLimits,
    private readonly requests: PushedRequests,
    private readonly log: EventLog,
  ) {}

  push(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    return answerClient({ call, environment, issuer }, this.log, 'authorization.push', async (request) => {
      const credentials = clientAuthContext(call, request.form.params, environment, issuer, 'par');
      const client = await this.authenticator.authenticate(credentials);
      request.clientId = client.id;
      await this.#brake(call, client);
      return this.#accept(request, client);
    });
  }

  async #accept({ call, environment, issuer }: ClientCall, client: Client): Promise<HttpReply> {
    const sent = withClientId(withoutCredentials(call.form), client);
    // RFC 9126 §2.1: a reference to what was pushed cannot be pushed.
    if (sent['request_uri']?.some(Boolean)) {
      throw new OAuthError('invalid_request', { description: 'request_uri may not be pushed' });
    }
    const context = new AuthorizeContext(call, environment, issuer, sent);
    context.isPush = true;
    for (const step of this.steps) await step.run(context);
    const lifetime = client.par.lifetime ?? environment.lifetimes.par;
    const requestUri = await this.requests.push({
      environmentId: environment.id,
      clientId: client.id,
      params: paramsOf(context),
      lifetime,
    });
    this.log.done(call, 'authorization.push', { client_id: client.id });
    return { kind: 'json', status: 201, headers: NO_STORE, body: { request_uri: requestUri, expires_in: lifetime } };
  }

  /** P2: a client that floods is told to slow down; who is nobody in particular, by where they are. */
  async #brake({ environmentId, ip }: HttpCall, client: Client): Promise<void> {
    const key = `${environmentId}|${client.id}${isPublic(client) ? `|${addressKey(ip)}` : ''}`;
    const retryAfter = await this.limits.fail(PUSHED_REQUESTS, key);
    if (retryAfter > 0) {
      throw new OAuthError('too_many_requests', { retryAfter, description: 'too many pushed requests' });
    }
  }
}

function withoutCredentials(form: HttpCall['form']): SentParams {
  return Object.fromEntries(Object.entries(form).filter(([name]) => !CREDENTIALS.includes(name)));
}

/** RFC 9126 §2: what authenticated is the client, whether it named itself in the body or not. */
function withClientId(form: SentParams, client: Client): SentParams {
  return form['client_id']?.some(Boolean) ? form : { ...form, client_id: [client.id] };
}

/**
 * What counts and is known to mean something, out of a request object where there is one, so that it is verified once. Whom a
 * token of the client's names is settled as well: it may be over when a browser comes.
 */
function paramsOf({ params, resources, hintedSubject, loginHint }: AuthorizeContext): SentParams {
  const known = [...params].filter(([name]) => name in PARAMETERS && name !== 'login_hint_token');
  const hinted = params.has('login_hint_token') && hintedSubject !== undefined;
  return {
    ...Object.fromEntries(known.map(([name, value]) => [name, [value]])),
    ...(resources.length > 0 && { resource: resources }),
    ...(hinted && { [HINTED_SUBJECT]: [hintedSubject], ...(loginHint !== undefined && { login_hint: [loginHint] }) }),
  };
}
