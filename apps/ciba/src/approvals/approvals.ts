import {
  AnsweredRequest,
  BackchannelRequest,
  BackchannelRequests,
  Client,
  Clients,
  Environment,
  isOidcScope,
  Resources,
  Standing,
} from '@grantway/domain';
import { GrantType, ScopeSet } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';

/** A request in the words a person decides by. */
export interface Asking<Request extends BackchannelRequest = BackchannelRequest> {
  readonly request: Request;
  readonly client: Client;
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
}

/** `over`: it was decided before, or nobody decided in time. */
export type Answer = 'done' | 'over' | 'unknown';

/** What is asked of a person, and their answers; the same for page and API (B12, CB-08). */
@Injectable()
export class Approvals {
  constructor(
    private readonly requests: BackchannelRequests,
    private readonly clients: Clients,
    private readonly resources: Resources,
  ) {}

  async pending({ user }: Standing, environment: Environment): Promise<readonly Asking[]> {
    const requests = await this.requests.pendingFor(environment.id, user.id);
    const askings = await Promise.all(requests.map((request) => this.#asking(request)));
    return askings.filter((asking) => asking !== undefined);
  }

  /** In any state; undefined for what this person was never asked. */
  async find(id: string, { user }: Standing, environment: Environment): Promise<Asking<AnsweredRequest> | undefined> {
    const request = await this.requests.find(environment.id, id, user.id);
    return request && this.#asking(request);
  }

  async answer(id: string, verdict: 'approve' | 'deny', standing: Standing, environment: Environment): Promise<Answer> {
    const asking = await this.find(id, standing, environment);
    if (!asking) return 'unknown';
    const { user, session } = standing;
    const { request } = asking;
    const authorization = {
      subject: { kind: 'user', id: user.id },
      scope: ScopeSet.from(request.scope),
      resources: request.resources,
      authentication: { time: session.authTime, acr: session.acr, amr: session.amr, sessionId: session.id },
    } as const;
    const approved = verdict === 'approve' ? authorization : undefined;
    return (await this.requests.decide(environment.id, id, user.id, approved)) ? 'done' : 'over';
  }

  /** A client that may not ask (any more) is not heard. */
  async #asking<Request extends BackchannelRequest>(request: Request): Promise<Asking<Request> | undefined> {
    const client = await this.clients.find(request.environmentId, request.clientId);
    if (!client?.enabled || !client.grantTypes.includes(GrantType.Ciba)) return undefined;
    const catalog = await this.resources.catalog(request.environmentId);
    const scopes = request.scope.map((name) => ({
      name,
      description: isOidcScope(name) ? '' : (catalog.describe(name) ?? ''),
    }));
    return { request, client, scopes };
  }
}
