import { Answer, request } from './http.js';

/** A person at a browser without JavaScript: keeps cookies, follows redirects on our side, fills in forms. */
export class Person {
  readonly #cookies = new Map<string, string>();

  constructor(private readonly baseUrl: string) {}

  /** A second browser with the same cookies, as a thief or a test of cookie loss needs it. */
  clone(): Person {
    const twin = new Person(this.baseUrl);
    for (const [name, value] of this.#cookies) twin.#cookies.set(name, value);
    return twin;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  forget(name: string): void {
    this.#cookies.delete(name);
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(url, { method: 'GET', headers });
  }

  async post(url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(url, { method: 'POST', headers, body: new URLSearchParams(form).toString() });
  }

  /** Follows redirects as long as they stay with us; the answer that leaves, or is no redirect, comes back. */
  async follow(url: string): Promise<Answer> {
    return this.settle(await this.get(url));
  }

  async settle(answer: Answer): Promise<Answer> {
    let current = answer;
    for (let hops = 0; hops < 10; hops += 1) {
      if (current.location === undefined || !this.#isOurs(current.location)) return current;
      current = await this.get(current.location);
    }
    throw new Error('more than 10 redirects');
  }

  /** Presses a button: the page's hidden fields, plus what is filled in. */
  async submit(page: Answer, fields: Record<string, string>): Promise<Answer> {
    return this.post(new URL(page.formAction(), page.url).href, { ...page.hiddenFields(), ...fields });
  }

  /** Name and password on the sign-on page, to whatever comes next. */
  async signOn(page: Answer, username: string, password: string): Promise<Answer> {
    return this.settle(await this.submit(page, { action: 'usernamePassword.check', username, password }));
  }

  async consent(page: Answer, accept = true): Promise<Answer> {
    return this.settle(await this.submit(page, { action: 'user.consent', accept: String(accept) }));
  }

  #isOurs(location: string): boolean {
    return new URL(location, this.baseUrl).origin === new URL(this.baseUrl).origin && !location.includes('/callback');
  }

  /** Any request, with the cookies. */
  async send(url: string, init: { method: string; headers: Record<string, string>; body?: string }): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers: Record<string, string> = {
      ...(cookie && { cookie }),
      ...(init.body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...init.headers,
    };
    const answer = await request(new URL(url, this.baseUrl).href, { ...init, headers });
    for (const line of answer.setCookies) this.#keep(line);
    return answer;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    const gone = attributes.some((text) => /max-age=0|expires=thu, 01 jan 1970/i.test(text.trim()));
    if (gone) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(equals + 1).trim());
  }
}
