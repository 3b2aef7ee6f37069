import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { request } from './http.js';

/**
 * An API as most are: it keeps the key set exactly as long as the answer allowed, and does not look again for a kid it does not
 * know. Whatever it cannot verify with what it keeps is a failure.
 */
export class CachingVerifier {
  readonly failures: string[] = [];
  readonly kids = new Map<string, number>();
  #keys: ReturnType<typeof createLocalJWKSet> | undefined;
  #freshUntil = 0;
  #fetching: Promise<void> | undefined;

  constructor(private readonly issuer: string) {}

  get verified(): number {
    return [...this.kids.values()].reduce((sum, count) => sum + count, 0);
  }

  async verify(token: string): Promise<void> {
    if (Date.now() >= this.#freshUntil) {
      this.#fetching ??= this.#fetch().finally(() => {
        this.#fetching = undefined;
      });
      await this.#fetching;
    }
    const { kid = '' } = decodeProtectedHeader(token);
    try {
      if (!this.#keys) throw new errors.JWKSInvalid();
      await jwtVerify(token, this.#keys, { issuer: this.issuer });
      this.kids.set(kid, (this.kids.get(kid) ?? 0) + 1);
    } catch (error) {
      this.failures.push(`${kid}: ${error}`);
    }
  }

  async #fetch(): Promise<void> {
    const answer = await request(`${this.issuer}/jwks`);
    if (answer.status !== 200) throw new Error(`no key set: ${answer.status}`);
    const maxAge = Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '')?.[1]);
    this.#keys = createLocalJWKSet(answer.json<JSONWebKeySet>());
    this.#freshUntil = Date.now() + maxAge * 1_000;
  }
}
