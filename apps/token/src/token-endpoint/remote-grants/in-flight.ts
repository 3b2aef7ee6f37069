import { OAuthError } from '@grantway/protocol';

/** How many questions a grant has not answered yet, so that a slow one takes neither our memory nor our time (design section 5). */
export class InFlight {
  readonly #counts = new Map<string, number>();

  /** @param most of one grant */
  constructor(private readonly most: number) {}

  /** @throws OAuthError temporarily_unavailable at once where the grant has as many as it may */
  async hold<Answer>(slug: string, ask: () => Promise<Answer>): Promise<Answer> {
    const count = this.#counts.get(slug) ?? 0;
    if (count >= this.most) throw new OAuthError('temporarily_unavailable', { reason: 'grant.busy', retryAfter: 1 });
    this.#counts.set(slug, count + 1);
    try {
      return await ask();
    } finally {
      this.#release(slug);
    }
  }

  #release(slug: string): void {
    const left = (this.#counts.get(slug) ?? 1) - 1;
    if (left > 0) this.#counts.set(slug, left);
    else this.#counts.delete(slug);
  }
}
