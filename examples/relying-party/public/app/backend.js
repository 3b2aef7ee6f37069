/**
 * What needs a secret is asked of the playground's own server: a browser keeps no secrets. It sends one request to the issuer and
 * tells what it sent, without the secrets, and what came back.
 */

/**
 * @typedef {import('./server.js').Watch} Watch
 * @typedef {(step: string, params: Record<string, string>, watch?: Watch) => Promise<Response>} Backend
 */

/** Longer than the backend's own. */
const PATIENCE_MS = 12_000;

/** What the backend itself has to say, in the words of an OAuth error. */
class BackendError extends Error {
  /** @param {{ error: string, error_description: string }} answer */
  constructor({ error, error_description }) {
    super(error_description);
    this.error = error;
    this.error_description = error_description;
  }
}

/**
 * The issuer's reply as it would have come to the page, so that the library can read it.
 *
 * @type {(base: URL) => Backend}
 */
export function backendAt(base) {
  return async (step, params, watch) => {
    const asked = await fetch(new URL(`backend/${step}`, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(params),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = await asked.json();
    if (!asked.ok) throw new BackendError(answer);
    const { request, response } = answer;
    watch?.({ ...request, by: 'backend', status: response.status, body: response.body });
    return new Response(response.body || null, { status: response.status, headers: response.headers });
  };
}
