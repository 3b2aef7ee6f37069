/**
 * The playground's files as answers to HTTP requests, tied to no framework.
 *
 * Everything is read into memory once. A path is looked up as it came, so there is nothing to decode and nowhere to climb.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBackend } from './backend.js';
import { DEMO } from './demo.js';

export { LARGEST_BODY } from './backend-request.js';
export { DEMO };

/** @typedef {import('./handler.js').PlaygroundOptions} PlaygroundOptions */
/** @typedef {import('./handler.js').PlaygroundAnswer} PlaygroundAnswer */

/** The libraries are single ES modules without imports: the browser takes them as they were published. */
const LIBRARIES = ['oauth4webapi', 'lean-qr'];

const PUBLIC_FOLDER = fileURLToPath(new URL('../public/', import.meta.url));

/** A file whose type is not listed here is not served. */
const MEDIA_TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};

/**
 * @param {PlaygroundOptions} options
 * @returns {import('./handler.js').Playground}
 */
export function createPlayground({ issuer, clientId, scope, basePath, resourceNote, roles: given, origin }) {
  const base = cleanBasePath(basePath);
  const roles = { ...DEMO, ...given };
  const headers = securityHeaders(originOf(issuer));
  if (!clientId) throw new TypeError('clientId is missing');

  const files = readFiles(PUBLIC_FOLDER);
  const page = files.get('index.html');
  if (!page) throw new Error(`index.html is missing in ${PUBLIC_FOLDER}`);
  files.set('', page);
  // The redirect URI. The page itself reads the answer, so it is the same page.
  files.set('callback', page);
  const clients = Object.fromEntries(Object.entries(roles).map(([role, { id }]) => [role, id]));
  files.set('config.json', {
    type: MEDIA_TYPES['.json'],
    body: Buffer.from(JSON.stringify({ issuer, clientId, scope, resourceNote, clients })),
  });
  for (const name of LIBRARIES) {
    files.set(`${name}.js`, {
      type: MEDIA_TYPES['.js'],
      body: readFileSync(fileURLToPath(import.meta.resolve(name))),
    });
  }
  const backend = createBackend({ issuer, roles, origin });

  /** @type {(status: number, type: string, body: Buffer, more?: Record<string, string>) => PlaygroundAnswer} */
  const answer = (status, type, body, more = {}) => ({
    status,
    headers: { ...headers, ...more, 'content-type': type, 'content-length': String(body.length) },
    body,
  });
  /** @type {(status: number, text: string, more?: Record<string, string>) => PlaygroundAnswer} */
  const plain = (status, text, more) => answer(status, 'text/plain; charset=utf-8', Buffer.from(`${text}\n`), more);

  /** @type {(pathname: string, query: string) => PlaygroundAnswer} */
  function answerGet(pathname, query) {
    // Without the slash the page's relative addresses would point one folder too high.
    if (pathname === base) return plain(308, 'The playground is one slash further.', { location: `${base}/${query}` });
    const file = files.get(pathname.slice(base.length + 1));
    return file ? answer(200, file.type, file.body) : plain(404, 'There is nothing here.');
  }

  /** @type {import('./handler.js').Playground['handle']} */
  async function handle(method, url, requestHeaders = {}, body = Buffer.alloc(0)) {
    const pathname = url.split(/[?#]/, 1)[0] ?? '';
    if (pathname !== base && !pathname.startsWith(`${base}/`)) return undefined;

    const [folder, step, ...deeper] = pathname.slice(base.length + 1).split('/');
    if (folder === 'backend' && step !== undefined && deeper.length === 0) {
      const { status, json } = await backend({ step, method, headers: requestHeaders, body });
      const more = { 'cache-control': 'no-store', ...(status === 405 && { allow: 'POST' }) };
      return answer(status, MEDIA_TYPES['.json'], Buffer.from(JSON.stringify(json)), more);
    }
    if (method !== 'GET' && method !== 'HEAD') {
      return plain(405, 'Only GET and HEAD are answered here.', { allow: 'GET, HEAD' });
    }
    const reply = answerGet(pathname, url.slice(pathname.length).split('#', 1)[0] ?? '');
    return method === 'HEAD' ? { ...reply, body: Buffer.alloc(0) } : reply;
  }

  return { basePath: base, handle };
}

/** @type {(folder: string) => Map<string, { type: string, body: Buffer }>} */
function readFiles(folder) {
  const files = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = MEDIA_TYPES[/** @type {keyof typeof MEDIA_TYPES} */ (extname(entry.name))];
    if (!entry.isFile() || !type) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path).split(sep).join('/'), { type, body: readFileSync(path) });
  }
  return files;
}

/** @type {(issuerOrigin: string) => Record<string, string>} */
function securityHeaders(issuerOrigin) {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ${issuerOrigin}`,
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    // The callback's address carries a code: it must not travel on in a Referer.
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  };
}

/** @type {(issuer: string) => string} */
function originOf(issuer) {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  // RFC 8414 §2: an issuer has no query and no fragment.
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash) {
    throw new TypeError(`issuer is not an http(s) address without query and fragment: ${issuer}`);
  }
  return url.origin;
}

/** `/`, `` and nothing mean the root; otherwise `/one` or `/one/two`. */
function cleanBasePath(/** @type {string | undefined} */ basePath) {
  const clean = (basePath ?? '').replace(/\/+$/, '');
  if (clean && !/^(\/[\w.~-]+)+$/.test(clean))
    throw new TypeError(`basePath is not a path like /playground: ${basePath}`);
  return clean;
}
