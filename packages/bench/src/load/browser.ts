import { Connection, type Reply } from './connection.js';

/** As much of a browser as signing on takes: cookies, redirects on its own host, forms. It draws nothing. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  #address: string | undefined;

  constructor(private readonly connection: Connection) {}

  get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.#send(url, { headers });
  }

  post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Reply> {
    return this.#send(url, { method: 'POST', body, headers });
  }

  /** Posts a form as a page of the same origin does. */
  postForm(url: string, form: Readonly<Record<string, string>>): Promise<Reply> {
    return this.post(url, new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      origin: new URL(url).origin,
    });
  }

  /**
   * Forgets who it was.
   *
   * @param address where it is from now on, as a proxy in front would say
   */
  becomeAnother(address: string): void {
    this.#cookies.clear();
    this.#address = address;
  }

  async #send(
    url: string,
    { headers, ...rest }: { method?: 'POST'; body?: string; headers: Readonly<Record<string, string>> },
  ): Promise<Reply> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const more = { ...(cookie && { cookie }), ...(this.#address && { 'x-forwarded-for': this.#address }) };
    const reply = await this.connection.send({ url, ...rest, headers: { ...headers, ...more } });
    for (const pair of reply.cookies()) {
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return reply;
  }
}

/** Where a redirect leads, absolute. @throws Error with what was answered instead */
export function redirectOf(reply: Reply, from: string): string {
  const location = reply.header('location');
  if (location === undefined || reply.status < 300 || reply.status > 399) {
    throw new Error(`no redirect from ${from}: ${reply.status} ${reply.text.slice(0, 300)}`);
  }
  return new URL(location, from).href;
}
