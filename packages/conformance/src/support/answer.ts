/** One HTTP answer, with what tests ask of it. */
export class Answer {
  constructor(
    readonly url: string,
    readonly status: number,
    readonly headers: Headers,
    readonly text: string,
  ) {}

  get location(): string | undefined {
    const location = this.headers.get('location');
    return location === null ? undefined : new URL(location, this.url).href;
  }

  get setCookies(): string[] {
    return this.headers.getSetCookie();
  }

  json<T = Record<string, unknown>>(): T {
    return JSON.parse(this.text) as T;
  }

  get error(): unknown {
    return this.json()['error'];
  }

  /** Parameters of an answer that went to the client: query or fragment of the redirect, or fields of a form_post page. */
  params(): Record<string, string> {
    if (this.location === undefined) return this.hiddenFields();
    const { search, hash } = new URL(this.location);
    return Object.fromEntries(new URLSearchParams(hash ? hash.slice(1) : search));
  }

  formAction(): string {
    const action = /<form\b(?:[^>"]|"[^"]*")*?\baction="([^"]*)"/.exec(this.text)?.[1];
    if (action === undefined) throw new Error(`no form on this page (${this.status} ${this.url})`);
    return decode(action);
  }

  hiddenFields(): Record<string, string> {
    // Quoted values may hold `>`.
    const inputs = [...this.text.matchAll(/<input\b(?:[^>"]|"[^"]*")*>/g)].map(([tag]) => tag);
    const hidden = inputs.filter((tag) => /type="hidden"/.test(tag));
    return Object.fromEntries(hidden.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')]));
  }

  /** Which of our pages this is. */
  get pageTitle(): string {
    return decode(/<title>([^<]*)<\/title>/.exec(this.text)?.[1] ?? '');
  }
}

function attribute(tag: string, name: string): string {
  return decode(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function decode(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
