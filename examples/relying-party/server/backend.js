/**
 * A web application's backend: it knows the clients' secrets, and asks the issuer on the page's behalf. Every request of the page
 * is one request to the issuer, shown to the page as it was sent, with dots for secrets, and answered as it was answered.
 */

import { LARGEST_BODY, Refusal, readParams, requireOwnPage } from './backend-request.js';
import { STEPS } from './backend-steps.js';

const PATIENCE_MS = 8_000;
const METADATA_KEPT_MS = 30_000;
const DOTS = '••••••••';
/** What the page needs to understand a reply. */
const SHOWN_HEADERS = ['content-type', 'retry-after'];

/**
 * @typedef {{ status: number, json: object }} BackendAnswer
 * @typedef {{ step: string, method: string, headers: import('./handler.js').RequestHeaders, body: Uint8Array }} BackendRequest
 */

/**
 * @param {{ issuer: string, roles: import('./handler.js').Roles, origin: string | undefined }} options
 * @returns {(request: BackendRequest) => Promise<BackendAnswer>}
 */
export function createBackend({ issuer, roles, origin }) {
  const endpointOf = endpointFinder(issuer);

  return async ({ step: name, method, headers, body }) => {
    try {
      const step = STEPS.get(name);
      if (!step) throw new Refusal(404, 'unknown_step', 'The backend has no such step.');
      if (method !== 'POST') throw new Refusal(405, 'method_not_allowed', 'The backend is asked with POST.');
      requireOwnPage(headers, origin);
      const params = readParams(headers, body, step.params);
      const url = await endpointOf(step.endpoint);
      return { status: 200, json: await send(url, step, roles[step.as], params) };
    } catch (error) {
      const { status, code, message } = error instanceof Refusal ? error : unreachable(error);
      return { status, json: { error: code, error_description: message } };
    }
  };
}

/**
 * @param {string} url
 * @param {import('./backend-steps.js').BackendStep} step
 * @param {import('./handler.js').Credentials} credentials
 * @param {[string, string][]} params
 */
async function send(url, { fixed = {}, hidden = [] }, { id, secret = '' }, params) {
  const form = [...Object.entries(fixed), ...params];
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', authorization: basic(id, secret) },
    body: new URLSearchParams(form),
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const shown = SHOWN_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return {
    request: {
      method: 'POST',
      url,
      authorization: `Basic ${id}:${DOTS}`,
      form: form.map(([name, value]) => [name, hidden.includes(name) ? DOTS : value]),
    },
    response: { status: response.status, headers: Object.fromEntries(shown), body: await readText(response) },
  };
}

/** RFC 6749 §2.3.1: both halves are form-encoded first. */
function basic(/** @type {string} */ id, /** @type {string} */ secret) {
  const encode = (/** @type {string} */ text) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`;
}

/** The issuer's endpoints by their names in its metadata, which is kept for a moment (RFC 8414 §3). */
function endpointFinder(/** @type {string} */ issuer) {
  /** @type {{ until: number, metadata: Promise<Record<string, unknown>> } | undefined} */
  let known;

  /** @type {(name: string) => Promise<string>} */
  return async (name) => {
    if (!known || known.until < Date.now()) {
      known = { until: Date.now() + METADATA_KEPT_MS, metadata: readMetadata(issuer) };
      known.metadata.catch(() => {
        known = undefined;
      });
    }
    const { [name]: endpoint } = await known.metadata;
    if (typeof endpoint === 'string') return endpoint;
    throw new Refusal(502, 'not_offered', `The issuer’s metadata names no ${name}.`);
  };
}

/** @type {(issuer: string) => Promise<Record<string, unknown>>} */
async function readMetadata(issuer) {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.status !== 200) throw new Refusal(502, 'issuer_unreachable', `Its metadata: HTTP ${response.status}.`);
  const metadata = JSON.parse(await readText(response));
  // RFC 8414 §3.3: else somebody else's endpoints would be sent our secrets.
  if (metadata.issuer !== issuer) throw new Refusal(502, 'issuer_unreachable', 'Its metadata names another issuer.');
  return metadata;
}

/** @type {(response: Response) => Promise<string>} */
async function readText(response) {
  let size = 0;
  const parts = [];
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > LARGEST_BODY) throw new Refusal(502, 'issuer_unreachable', 'Its answer is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** What the network says may hold addresses, but never what was sent. */
function unreachable(/** @type {any} */ error) {
  const late = error?.name === 'TimeoutError';
  return late
    ? { status: 504, code: 'issuer_unreachable', message: 'It did not answer in time.' }
    : {
        status: 502,
        code: 'issuer_unreachable',
        message: error?.cause?.code ?? 'It answered with something unexpected.',
      };
}
