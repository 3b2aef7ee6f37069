/** What reaches the backend: from its own page alone, of a bounded size, and with nothing in it that the step did not list. */

/** Bytes: two tokens and some words. */
export const LARGEST_BODY = 48_000;

/** Why the backend does nothing. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Only scripts of the playground's own page: anybody else's could spend the backend's secrets. Browsers send `Origin` with
 * every POST, and a script cannot set it.
 *
 * @type {(headers: import('./handler.js').RequestHeaders, origin: string | undefined) => void}
 */
export function requireOwnPage(headers, origin) {
  const site = headers['sec-fetch-site'];
  const ours = origin ? [origin] : ['http', 'https'].map((scheme) => `${scheme}://${headers['host']}`);
  const own = ours.some((one) => one === headers['origin']);
  if (own && (site === undefined || site === 'same-origin')) return;
  throw new Refusal(
    403,
    'foreign_origin',
    `The backend answers its own page alone${origin ? `, opened at ${origin}` : ''}.`,
  );
}

/**
 * @type {(headers: import('./handler.js').RequestHeaders, body: Uint8Array, names: readonly string[]) => [string, string][]}
 */
export function readParams(headers, body, names) {
  if (!/^application\/json\s*(;|$)/i.test(String(headers['content-type'] ?? ''))) {
    throw new Refusal(415, 'invalid_request', 'The backend takes application/json.');
  }
  if (body.length > LARGEST_BODY) throw new Refusal(413, 'invalid_request', 'That is too much.');
  const entries = Object.entries(parse(body));
  const wrong = entries.find(([name, value]) => !names.includes(name) || typeof value !== 'string');
  if (wrong) throw new Refusal(400, 'invalid_request', `This step takes texts named ${names.join(', ')}.`);
  // RFC 6749 §3.2: what has no value counts as not sent.
  return entries.filter(([, value]) => value !== '');
}

/** @type {(body: Uint8Array) => Record<string, any>} */
function parse(body) {
  try {
    const value = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, with everything else that is no object.
  }
  throw new Refusal(400, 'invalid_request', 'The body is not a JSON object.');
}
