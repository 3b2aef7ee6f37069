import { randomBytes } from 'node:crypto';
import type { App } from './app.js';
import { Storage } from './database.js';
import { ADA, type ClientEntry, type EnvironmentFile, Tenant } from './environments.js';
import { idOf } from './families.js';
import { type Answer, basic, postForm } from './http.js';
import type { Person } from './person.js';

export const CIBA = 'urn:openid:params:grant-type:ciba';
const GRANTS = [CIBA, 'refresh_token'];
/** People nobody signs on as: each may be asked three times, so every test asks somebody else. */
const CROWD = 80;

/** CIBA Core §7.3. */
export interface Asked {
  readonly auth_req_id: string;
  readonly expires_in: number;
  readonly interval?: number;
}

/** Another confidential client like the web shop, that may ask people. */
export function aTill(file: EnvironmentFile, changes: Partial<ClientEntry> & Pick<ClientEntry, 'id'>): ClientEntry {
  const { redirectUris: _, ...web } = file.clients[0] as ClientEntry;
  return { ...web, name: 'Corner Shop', grantTypes: GRANTS, ...changes };
}

/** An ordinary environment in which a till and a bank ask people. */
export function cibaTenant(change: (file: EnvironmentFile) => void = () => {}): Promise<Tenant> {
  return Tenant.create((file) => {
    withTills(file);
    change(file);
  });
}

export function withTills(file: EnvironmentFile): void {
  file.grantTypes = ['authorization_code', 'client_credentials', ...GRANTS];
  file.outbound = { privateAddresses: true };
  file.clients.push(aTill(file, { id: 'till' }), aTill(file, { id: 'bank', name: 'Bank' }));
  file.users.push(...Array.from({ length: CROWD }, (_, index) => ({ username: `crowd-${index}` })));
}

/** A client that asks people, which can also misbehave. */
export class Till {
  static #turn = 0;
  readonly notificationToken = randomBytes(24).toString('base64url');

  constructor(
    readonly app: App,
    readonly path: 'bc-authorize' | 'cibaAuthorization' = 'bc-authorize',
  ) {}

  /** Somebody who was not asked before, or long ago. */
  static somebody(): string {
    Till.#turn += 1;
    return `crowd-${Till.#turn % CROWD}`;
  }

  /** CIBA Core §7.1; a change of undefined leaves the parameter out. */
  request(changes: Record<string, string | undefined> = {}, headers?: Record<string, string>): Promise<Answer> {
    const form = { scope: 'openid profile orders:read', login_hint: Till.somebody(), ...changes };
    const sent = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const { clientId, secret = '', issuer } = this.app;
    return postForm(`${issuer}/${this.path}`, sent, headers ?? basic(clientId, secret));
  }

  async ask(changes: Record<string, string | undefined> = {}): Promise<Asked> {
    const answer = await this.request(changes);
    if (answer.status !== 200) throw new Error(`not asked: ${answer.status} ${answer.text}`);
    return answer.json<Asked>();
  }

  poll({ auth_req_id }: Pick<Asked, 'auth_req_id'>): Promise<Answer> {
    return this.app.token({ grant_type: CIBA, auth_req_id });
  }
}

/** A person at the approvals page of their own session. */
export class Approver {
  constructor(
    readonly tenant: { readonly id: string },
    readonly person: Person,
    private readonly baseUrl: string,
    private readonly user: { username: string; password: string } = ADA,
  ) {}

  get url(): string {
    return `${this.baseUrl}/${this.tenant.id}/approvals`;
  }

  /** Signs on if asked. */
  async look(): Promise<Answer> {
    const page = await this.person.follow(this.url);
    if (!page.text.includes('usernamePassword.check')) return page;
    return this.person.signOn(page, this.user.username, this.user.password);
  }

  /** Presses a button under one request. @param page what they look at */
  async press(page: Answer, asked: Asked, verdict: 'approve' | 'deny'): Promise<Answer> {
    const id = requestId(asked);
    const csrf = new RegExp(`name="request" value="${id}"[^>]*>\\s*<input[^>]*name="csrf" value="([^"]+)"`).exec(
      page.text,
    );
    if (!csrf) throw new Error(`the request is not on the page: ${page.status} ${page.pageTitle}`);
    return this.person.post(this.url, { request: id, csrf: csrf[1] as string, verdict });
  }

  /** Looks and answers. @returns the same, so that it can be polled with */
  async answer(asked: Asked, verdict: 'approve' | 'deny' = 'approve'): Promise<Asked> {
    await this.person.settle(await this.press(await this.look(), asked, verdict));
    return asked;
  }

  /** The JSON API with the person's cookies. */
  api(path = '', action?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const url = `${this.url}/requests${path}`;
    if (action === undefined) return this.person.get(url, headers);
    const type = { 'content-type': `application/vnd.pingidentity.${action}+json`, origin: this.baseUrl };
    return this.person.send(url, { method: 'POST', body: '{}', headers: { ...type, ...headers } });
  }
}

/** The id that page and API know a request by. */
export function requestId({ auth_req_id }: Pick<Asked, 'auth_req_id'>): string {
  return idOf(auth_req_id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export interface RequestRow {
  readonly interval: number;
  readonly decision: string | null;
  readonly spent: boolean;
  readonly notified: boolean;
  readonly given_up: boolean;
  readonly notification_attempts: number;
  readonly notification_trouble: string | null;
}

/** Requests as they are stored. */
export class RequestRows {
  constructor(private readonly storage: Storage) {}

  async of(asked: Pick<Asked, 'auth_req_id'>): Promise<RequestRow> {
    const [row] = await this.storage.rows<RequestRow>(
      `SELECT "interval", decision, spent_at IS NOT NULL AS spent, notified_at IS NOT NULL AS notified,
              given_up_at IS NOT NULL AS given_up, notification_attempts, notification_trouble
       FROM backchannel_request WHERE id = $1::uuid`,
      [requestId(asked)],
    );
    if (!row) throw new Error('no such request');
    return row;
  }

  /** Lets time pass for one request alone, and for its job. */
  async age(asked: Pick<Asked, 'auth_req_id'>, seconds: number): Promise<void> {
    const columns = ['created_at', 'expires_at', 'next_poll_at', 'decided_at', 'spent_at'];
    const moves = columns.map((name) => `${name} = ${name} - make_interval(secs => $2)`).join(', ');
    await this.storage.rows(`UPDATE backchannel_request SET ${moves} WHERE id = $1::uuid`, [requestId(asked), seconds]);
    await this.hurry(asked, seconds);
  }

  /** What waits to be tried again is tried sooner. */
  async hurry(asked: Pick<Asked, 'auth_req_id'>, seconds = 86_400): Promise<void> {
    await this.storage.rows(
      `UPDATE graphile_worker._private_jobs SET run_at = run_at - make_interval(secs => $2)
       WHERE key = 'backchannel ' || $1::uuid AND locked_at IS NULL`,
      [requestId(asked), seconds],
    );
  }

  /** Authorizations of one client. */
  async authorizations(tenant: Tenant, clientId: string): Promise<number> {
    const [row] = await this.storage.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM authorization_record WHERE environment_id = $1 AND client_id = $2`,
      [tenant.id, clientId],
    );
    return row?.n ?? 0;
  }
}
