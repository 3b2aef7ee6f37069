import { CookieName } from '@grantway/contracts';

const BASE = { session: 'ST', browser: 'SB' } as const satisfies Record<CookieName, string>;

/** Names and attributes of our cookies on the wire. */
export class CookieJar {
  readonly #secure: boolean;

  constructor(publicUrl: string) {
    this.#secure = publicUrl.startsWith('https:');
  }

  /**
   * One per environment (SE-03). `__Host-` keeps every other host and path from setting it; browsers allow the
   * prefix over https alone, so a local http installation does without.
   */
  name(cookie: CookieName, environmentId: string): string {
    return `${this.#secure ? '__Host-' : ''}${BASE[cookie]}-${environmentId}`;
  }

  /** The environment's own cookies out of a request's. */
  read(
    cookies: Readonly<Record<string, string | undefined>>,
    environmentId: string,
  ): Partial<Record<CookieName, string>> {
    const session = cookies[this.name('session', environmentId)];
    const browser = cookies[this.name('browser', environmentId)];
    return { ...(session && { session }), ...(browser && { browser }) };
  }

  /** SameSite=Lax: a client's redirect to us must bring the session along. */
  get attributes() {
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.#secure } as const;
  }
}
