/** What a client knows about the authorization server, and how it talks to it. */
import * as oauth from './library.js';

/**
 * @typedef {{ issuer: string, clientId: string, scope: string, resourceNote?: string, clients: Record<string, string> }} Config
 *   `clients` are the ids of those the other tabs play
 * @typedef {{ method: string, url: string, form: [string, string][], status: number, body: string, by?: 'backend', authorization?: string }} Exchange
 *   One request as it was sent and its reply as it came; by the backend when it needs a secret.
 * @typedef {(exchange: Exchange) => void} Watch
 * @typedef {ReturnType<typeof describe>} Server
 */

const PATIENCE_MS = 10_000;

/** @type {(base: URL) => Promise<Config>} */
export async function loadConfig(base) {
  const response = await fetch(new URL('config.json', base), { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`config.json: HTTP ${response.status}`);
  return response.json();
}

/**
 * Reads the server's metadata, so that no endpoint is written down in the client.
 *
 * @type {(config: Config, clientId?: string) => Promise<Server>}
 * @see OpenID Connect Discovery 1.0 §4, RFC 8414 §3
 */
export async function discover(config, clientId = config.clientId) {
  const issuer = new URL(config.issuer);
  const response = await oauth.discoveryRequest(issuer, options(issuer));
  const as = await oauth.processDiscoveryResponse(issuer, response);
  return describe(as, clientId, issuer);
}

/**
 * @param {import('oauth4webapi').AuthorizationServer} as
 * @param {string} clientId
 * @param {URL} issuer
 */
function describe(as, clientId, issuer) {
  /** @type {import('oauth4webapi').Client} */
  const client = {
    client_id: clientId,
    // The clock of a person's computer is seldom exact.
    [oauth.clockTolerance]: 30,
  };
  return {
    as,
    client,
    /** A public client has no secret: code it runs in a browser could not keep one (RFC 6749 §2.1). */
    clientAuthentication: oauth.None(),
    /**
     * The options for one library call; `watch` is told what was sent and what came back.
     *
     * @type {(watch?: Watch) => import('oauth4webapi').HttpRequestOptions<any, any>}
     */
    options: (watch) => options(issuer, watch),
  };
}

/** The same server, for another client. @type {(server: Server, clientId: string) => Server} */
export function forClient(server, clientId) {
  return { ...server, client: { ...server.client, client_id: clientId } };
}

/** @type {(issuer: URL, watch?: Watch) => import('oauth4webapi').HttpRequestOptions<any, any>} */
function options(issuer, watch) {
  return {
    signal: () => AbortSignal.timeout(PATIENCE_MS),
    // The library insists on https. Plain http is for an issuer on one's own machine.
    [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
    ...(watch && { [oauth.customFetch]: watchedFetch(watch) }),
  };
}

/** @type {(watch: Watch) => (url: string, init: any) => Promise<Response>} */
function watchedFetch(watch) {
  return async (url, init) => {
    const response = await fetch(url, init);
    watch({
      method: init.method,
      url,
      form: init.body instanceof URLSearchParams ? [...init.body] : [],
      status: response.status,
      body: await response.clone().text(),
    });
    return response;
  };
}
