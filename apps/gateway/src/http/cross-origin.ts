import { Endpoint, OriginAnswer, OriginQuestion, Subject } from '@grantway/contracts';
import { Bus } from '@grantway/platform';

/** How long an answer is believed; a change of configuration must bite within a second. */
const BELIEVED_MS = 900;
const MOST_KNOWN = 1_000;
const ORIGIN = /^https?:\/\/[^/?#\s]{1,200}$/;

/** Which origins' scripts may read an environment's answers: those its clients list, exactly (HT-04). */
export class CrossOrigin {
  readonly #known = new Map<string, { allowed: boolean; until: number }>();

  constructor(private readonly bus: Bus) {}

  async allows(question: OriginQuestion): Promise<boolean> {
    if (!ORIGIN.test(question.origin)) return false;
    const key = `${question.environmentId} ${question.origin}`;
    const known = this.#known.get(key);
    if (known && known.until > Date.now()) return known.allowed;
    const { allowed } = await this.bus.request<OriginAnswer>(Subject.AllowOrigin, question);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, { allowed, until: Date.now() + BELIEVED_MS });
    return allowed;
  }
}

/** With the browser's own cookies only where a client's sign-on pages need them, and never for everybody. */
export function corsHeaders(origin: string, cors: Endpoint['cors']): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    ...(cors === 'listed-with-cookies' && { 'access-control-allow-credentials': 'true' }),
    'access-control-expose-headers': 'WWW-Authenticate, Retry-After, X-Request-Id',
    vary: 'Origin',
  };
}

export const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'Authorization, Content-Type, DPoP',
  'access-control-max-age': '600',
} as const;
