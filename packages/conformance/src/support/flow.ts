import type { App } from './app.js';
import { ADA } from './environments.js';
import type { Answer } from './http.js';
import type { Person } from './person.js';

/** A flow as the API shows it (seeds 1.4). */
export interface FlowBody {
  readonly id: string;
  readonly status: string;
  readonly resumeUrl: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly _links: Readonly<Record<string, { readonly href: string }>>;
  readonly _embedded: Readonly<Record<string, unknown>>;
  readonly authorizeResponse?: Readonly<Record<string, string>>;
}

export const NOTHING_SUCH = '01a1f000-0000-7000-8000-00000000ffff';

/** A person's flow driven through the JSON API, as a client's own pages do it. */
export class ApiFlow {
  constructor(
    readonly person: Person,
    readonly app: App,
    readonly id: string,
  ) {}

  /** Begun at the authorization endpoint, in redirect mode. */
  static async begin(app: App, person: Person, changes: Record<string, string | undefined> = {}): Promise<ApiFlow> {
    const { location = '' } = await person.get(app.authorizeUrl(changes));
    const id = new URL(location).searchParams.get('flowId');
    if (!id) throw new Error(`no flow began: ${location}`);
    return new ApiFlow(person, app, id);
  }

  get url(): string {
    return `${this.app.baseUrl}/${this.app.environment}/flows/${this.id}`;
  }

  read(headers: Record<string, string> = {}): Promise<Answer> {
    return this.person.get(this.url, headers);
  }

  /** @param body sent as it is when it is a text */
  act(action: string, body: object | string = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.person.send(this.url, {
      method: 'POST',
      headers: { 'content-type': `application/vnd.pingidentity.${action}+json`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async status(): Promise<string> {
    return (await this.read()).json<FlowBody>().status;
  }

  signOn({ username, password }: { username: string; password: string } = ADA): Promise<Answer> {
    return this.act('usernamePassword.check', { username, password });
  }

  /** The same flow, as another person or with other cookies. */
  by(person: Person): ApiFlow {
    return new ApiFlow(person, this.app, this.id);
  }
}
