import { ClientAuthenticator, clientAuthContext } from '@grantway/client-auth';
import { HttpCall, HttpReply } from '@grantway/contracts';
import {
  BackchannelRequests,
  Client,
  Environment,
  isPublic,
  NewBackchannelRequest,
  Resources,
  requestedScope,
  SecretBox,
  User,
} from '@grantway/domain';
import { answerClient, ClientForm, EventLog, NO_STORE } from '@grantway/platform';
import { GrantType, OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import {
  isNotified,
  readAcrValues,
  readBindingMessage,
  readLifetime,
  readNotificationToken,
  requireOpenId,
} from './request-details.js';
import { SignedRequests } from './signed-request.js';
import { UserCodeCheck } from './user-code-check.js';
import { UserHints } from './user-hints.js';

/** CB-02: more than these wait for nobody, and only tire them. */
const MOST_OPEN = { perUser: 3, perClient: 50 };
/** Seconds. */
const RETRY_WHEN_FULL = 30;

/** CIBA Core §7.3. */
interface BackchannelReply {
  readonly auth_req_id: string;
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds; a push client does not poll. */
  readonly interval?: number;
}

/** A client asks to ask a person who is not there (CIBA Core §7.1). Nobody is asked before everything else was right. */
@Injectable()
export class BackchannelEndpoint {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly signedRequests: SignedRequests,
    private readonly hints: UserHints,
    private readonly userCodes: UserCodeCheck,
    private readonly resources: Resources,
    private readonly requests: BackchannelRequests,
    private readonly box: SecretBox,
    private readonly log: EventLog,
  ) {}

  async start(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    return answerClient({ call, environment, issuer }, this.log, 'backchannel.start', async (request) => {
      const client = await this.authenticator.authenticate(
        clientAuthContext(call, request.form.params, environment, issuer, 'bc-authorize'),
      );
      request.clientId = client.id;
      requireGrantType(environment, client);
      const form = await this.signedRequests.open(request.form, client, environment, issuer);
      const asked = await this.#read(form, client, environment);
      const user = await this.hints.resolve({ form, client, environment, issuer });
      await this.userCodes.pass(form, client, environment, user);
      requireActive(user);
      const body = await this.#ask({ ...asked, userId: user.id });
      this.log.done(call, 'backchannel.start', { client_id: client.id, sub: user.id });
      return { kind: 'json', status: 200, headers: NO_STORE, body };
    });
  }

  async #read(
    form: ClientForm,
    client: Client,
    environment: Environment,
  ): Promise<Omit<NewBackchannelRequest, 'userId'>> {
    requireOpenId(form);
    const catalog = await this.resources.catalog(environment.id);
    const scope = requestedScope(client, environment, catalog, form.params.get('scope'), form.resources);
    const bindingMessage = readBindingMessage(form);
    const { delivery } = client.backchannel;
    const token = readNotificationToken(form, client);
    const seal = (text: string) => this.box.seal(text, `${environment.id}/${client.id}`).toString('base64url');
    return {
      environmentId: environment.id,
      clientId: client.id,
      scope: scope.toArray(),
      resources: form.resources,
      acrValues: readAcrValues(form),
      delivery,
      lifetime: readLifetime(form, environment),
      interval: environment.lifetimes.backchannelInterval,
      ...(bindingMessage !== undefined && { bindingMessage }),
      ...(isNotified(delivery) && { seal }),
      ...(token !== undefined && { sealedNotificationToken: seal(token) }),
    };
  }

  async #ask(request: NewBackchannelRequest): Promise<BackchannelReply> {
    const started = await this.requests.start(request, MOST_OPEN);
    if ('refused' in started) {
      throw new OAuthError('too_many_requests', {
        reason: `backchannel.${started.refused}`,
        description: 'too many requests wait for an answer',
        retryAfter: RETRY_WHEN_FULL,
      });
    }
    const { delivery, lifetime, interval } = request;
    return {
      auth_req_id: started.authReqId,
      expires_in: lifetime,
      ...(delivery !== 'push' && { interval }),
    };
  }
}

/** B3: CIBA Core §4 is for clients that authenticate. */
function requireGrantType(environment: Environment, client: Client): void {
  const allowed = [environment, client].every(({ grantTypes }) => grantTypes.includes(GrantType.Ciba));
  if (allowed && !isPublic(client)) return;
  throw new OAuthError('unauthorized_client', { description: 'the client may not ask users' });
}

/** B2, B6, CB-05: whoever may not sign on is not asked either. */
function requireActive(user: User | undefined): asserts user is User {
  if (!user) throw new OAuthError('unknown_user_id', { description: 'the hint names nobody' });
  if (user.status !== 'active' || user.mustChangePassword) {
    const reason = `backchannel.user_${user.status === 'active' ? 'must_change_password' : user.status}`;
    throw new OAuthError('access_denied', { reason, description: 'this user cannot be asked', status: 403 });
  }
}
