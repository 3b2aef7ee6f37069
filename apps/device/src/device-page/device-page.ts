import { HttpCall, HttpReply } from '@grantway/contracts';
import {
  bindBrowser,
  browserCookie,
  Client,
  Clients,
  Environment,
  Flows,
  LONGEST_USER_CODE,
  Standings,
} from '@grantway/domain';
import { errorPage } from '@grantway/platform';
import { GrantType } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';

/**
 * Where a device sends its user: begins the flow in which they sign on, type the code and decide (RFC 8628 §3.3). A GET, so it
 * decides nothing (DV-05).
 */
@Injectable()
export class DevicePage {
  constructor(
    private readonly clients: Clients,
    private readonly standings: Standings,
    private readonly flows: Flows,
  ) {}

  async open(call: HttpCall, environment: Environment): Promise<HttpReply> {
    if (!environment.grantTypes.includes(GrantType.DeviceCode)) return errorPage(call, 'not_found');
    const client = await this.#clientOf(environment, call.id);
    const userCode = prefilled(call);
    const standing = await this.standings.of(environment, call.cookies.session);
    const browser = bindBrowser(call.cookies.browser);
    const flowId = await this.flows.begin({
      environmentId: environment.id,
      status: standing ? 'DAG_USER_CODE_REQUIRED' : 'USERNAME_PASSWORD_REQUIRED',
      purpose: {
        kind: 'device',
        ...(client && { clientId: client.id }),
        ...(userCode !== undefined && { userCode }),
      },
      browserHash: browser.hash,
      lifetime: environment.lifetimes.flow,
      ...(standing && { sessionId: standing.session.id, userId: standing.user.id }),
    });
    return {
      kind: 'redirect',
      location: `/${environment.id}/signon?flowId=${flowId}`,
      headers: { 'cache-control': 'no-store' },
      cookies: [browserCookie(browser)],
    };
  }

  /** D10: by its path id, or its own; anything else gets the page that is everybody's, which tells nothing. */
  async #clientOf({ id: environmentId }: Environment, id: string | undefined): Promise<Client | undefined> {
    if (id === undefined) return undefined;
    const client =
      (await this.clients.findByDevicePath(environmentId, id)) ?? (await this.clients.find(environmentId, id));
    return client?.enabled && client.grantTypes.includes(GrantType.DeviceCode) ? client : undefined;
  }
}

/** D6: only fills in the field. */
function prefilled({ query }: HttpCall): string | undefined {
  const [code, second] = query['user_code'] ?? [];
  return code && second === undefined && code.length <= LONGEST_USER_CODE ? code : undefined;
}
