import type { App } from '../../support/app.js';
import { addressOf, DOORS, type Door } from '../../support/doors.js';
import { clientDoors, knock } from '../../support/every-grant.js';
import { basic, postForm, request } from '../../support/http.js';
import { rawRequest } from '../../support/raw-http.js';
import { ALL } from './bus-subjects.js';
import { Canaries } from './canaries.js';
import { RawNats } from './raw-nats.js';

/**
 * Parameters that hold a secret, or could: what is a secret to one endpoint may be sent to another by mistake. Not `scope`: which one was
 * refused to a client is what its owner looks for in the log.
 */
const PARAMETERS = [
  ...['client_secret', 'client_assertion', 'client_assertion_type', 'assertion', 'request', 'request_uri'],
  ...['code', 'code_verifier', 'refresh_token', 'device_code', 'user_code', 'userCode', 'auth_req_id', 'token'],
  ...['access_token', 'id_token', 'id_token_hint', 'login_hint_token', 'subject_token', 'actor_token'],
  ...['password', 'newPassword', 'currentPassword', 'username', 'recoveryCode', 'verificationCode', 'otp', 'csrf'],
  ...['state', 'nonce', 'binding_message', 'client_notification_token', 'session', 'flowId', 'resource'],
];

/** Sends something that stands nowhere else in every place of every door, and over the bus. */
export class Planting {
  readonly canaries = new Canaries();

  /** @param tenant {@link withEveryGrant} */
  constructor(
    private readonly baseUrl: string,
    private readonly tenant: { readonly id: string; readonly issuer: string; app(id?: string): App },
  ) {}

  async everywhere(natsPort: number): Promise<void> {
    for (const door of DOORS) await this.#door(door);
    await this.#honestButForOne();
    await this.#whereNothingIs();
    await this.#bus(natsPort);
  }

  /** Everything at once: what is stumbled over first must not tell of the rest. */
  async #door(door: Door): Promise<void> {
    const url = addressOf(door, { baseUrl: this.baseUrl, id: this.tenant.id });
    for (const method of [...door.methods, 'PUT']) {
      const at = (place: string) => `${method} ${door.path} ${place}`;
      const query = new URLSearchParams(this.#named(at('query')));
      const form = new URLSearchParams(this.#named(at('form')));
      const json = JSON.stringify(this.#named(at('JSON')));
      const headers = this.#headers(at('header'));
      const bodies: [string, string][] = [
        ['application/x-www-form-urlencoded', form.toString()],
        ['application/vnd.pingidentity.usernamePassword.check+json', json],
        ['application/json', json],
        [`text/${this.canaries.plant(at('media type'))}`, this.canaries.plant(at('body'))],
      ];
      if (method === 'GET') await request(`${url}?${query}`, { headers });
      else
        for (const [type, body] of bodies)
          await request(url, { method, headers: { ...headers, 'content-type': type }, body });
      if (method === 'POST') await request(`${url}?${query}`, { method, headers: { 'content-type': 'x' }, body: 'x' });
    }
    await request(`${url}/${this.canaries.plant(`${door.path} path`)}`);
  }

  /** What an honest client asks, with one thing changed: it gets as far as that thing lets it. */
  async #honestButForOne(): Promise<void> {
    for (const door of clientDoors(this.tenant)) {
      const own = basic(door.clientId, this.tenant.app(door.clientId).secret ?? '');
      for (const name of PARAMETERS) {
        await knock(this.tenant, door, { [name]: this.canaries.plant(`${door.path} ${name}`) }, own);
      }
      const secret = this.canaries.plant(`${door.path} wrong secret`);
      const posted = { client_id: door.clientId, client_secret: secret };
      await knock(this.tenant, door, {}, basic(door.clientId, secret));
      await knock(this.tenant, door, posted, {});
    }
    const { issuer } = this.tenant;
    const grantType = this.canaries.plant('token grant_type');
    await postForm(`${issuer}/token`, { grant_type: grantType }, basic('service', 'wrong'));
    const bearer = this.canaries.plant('userinfo bearer');
    await request(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${bearer}` } });
  }

  async #whereNothingIs(): Promise<void> {
    const plant = (place: string) => this.canaries.plant(`nowhere: ${place}`);
    const { id } = this.tenant;
    for (const target of [
      `/${plant('path')}`,
      `/${id}/as/${plant('below the issuer')}?code=${plant('query')}`,
      `/_assets/${plant('asset')}`,
      `/${id}/flows/${plant('flow')}`,
      `/${id}/as/token?code=${plant('long query')}&x=${'x'.repeat(9_000)}`,
      `/%ff%${plant('unreadable')}`,
      `/healthz?token=${plant('health')}`,
    ]) {
      await rawRequest(this.baseUrl, { target, headers: this.#headers(`nowhere: ${target.slice(0, 9)}`) });
    }
    // Larger than any door takes.
    await rawRequest(this.baseUrl, {
      ...{
        method: 'POST',
        target: `/${id}/as/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      body: `password=${plant('large body')}&x=${'x'.repeat(70_000)}`,
    }).catch(() => {});
  }

  /** Whoever gets onto the bus without permissions. */
  async #bus(port: number): Promise<void> {
    const nats = await RawNats.open(port);
    for (const subject of ALL) {
      const plant = (place: string) => this.canaries.plant(`bus ${subject} ${place}`);
      nats.tell(subject, plant('no JSON'));
      nats.tell(subject, JSON.stringify({ [plant('name')]: plant('value'), requestId: `${plant('request id')} x` }));
      const frame = {
        requestId: 'request-1',
        deadline: Date.now() + 5_000,
        receivedAt: Date.now(),
        traceparent: plant('trace'),
      };
      const call = { method: 'POST', ip: '192.0.2.1', query: {}, cookies: { session: plant('session') } };
      const form = { grant_type: ['password'], password: [plant('password')], client_secret: [plant('secret')] };
      nats.tell(subject, JSON.stringify({ ...frame, ...call, environmentId: this.tenant.id, form }));
      const said = { ...call, environmentId: this.tenant.id, form, authorization: `Bearer ${plant('authorization')}` };
      await nats.ask(subject, JSON.stringify({ ...frame, traceparent: undefined, ...said }), 200);
    }
    nats.close();
  }

  #named(place: string): Record<string, string> {
    return Object.fromEntries(PARAMETERS.map((name) => [name, this.canaries.plant(`${place} ${name}`)]));
  }

  #headers(place: string): Record<string, string> {
    const plant = (name: string) => this.canaries.plant(`${place} ${name}`);
    const { id } = this.tenant;
    return {
      authorization: `${['Bearer', 'DPoP', 'Negotiate'][this.canaries.count % 3]} ${plant('authorization')}`,
      cookie: `ST-${id}=${plant('session')}; SB-${id}=${plant('browser')}; other=${plant('cookie')}`,
      ...{
        dpop: plant('dpop'),
        'user-agent': plant('user-agent'),
        referer: `https://x.example/?code=${plant('referer')}`,
      },
      ...{
        origin: `https://${plant('origin')}.example`,
        traceparent: plant('traceparent'),
        tracestate: plant('tracestate'),
      },
      ...{ 'x-forwarded-for': plant('forwarded'), 'x-request-id': plant('request id'), 'x-api-key': plant('api key') },
    };
  }
}
