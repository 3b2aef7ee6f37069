/**
 * The playground's files as answers to HTTP requests, tied to no framework.
 *
 * Everything is read into memory once. A path is looked up as it came, so there is nothing to decode and nowhere to climb.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./handler.js').PlaygroundOptions} PlaygroundOptions */
/** @typedef {import('./handler.js').PlaygroundAnswer} PlaygroundAnswer */

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
export function createPlayground({ issuer, clientId, scope, basePath, resourceNote }) {
  const base = cleanBasePath(basePath);
  const issuerOrigin = originOf(issuer);
  if (!clientId) throw new TypeError('clientId is missing');

  const files = readFiles(PUBLIC_FOLDER);
  const page = files.get('index.html');
  if (!page) throw new Error(`index.html is missing in ${PUBLIC_FOLDER}`);
  files.set('', page);
  // The redirect URI. The page itself reads the answer, so it is the same page.
  files.set('callback', page);
  files.set('config.json', {
    type: MEDIA_TYPES['.json'],
    body: Buffer.from(JSON.stringify({ issuer, clientId, scope, resourceNote })),
  });
  // The library is one ES module without imports: the browser takes it as it was published.
  files.set('oauth4webapi.js', {
    type: MEDIA_TYPES['.js'],
    body: readFileSync(fileURLToPath(import.meta.resolve('oauth4webapi'))),
  });

  const headers = securityHeaders(issuerOrigin);

  /** @type {(status: number, text: string, more?: Record<string, string>) => PlaygroundAnswer} */
  const plain = (status, text, more = {}) => {
    const body = Buffer.from(`${text}\n`);
    return {
      status,
      headers: {
        ...headers,
        ...more,
        'content-type': 'text/plain; charset=utf-8',
        'content-length': String(body.length),
      },
      body,
    };
  };

  /** @type {import('./handler.js').Playground['answer']} */
  function answer(path, method = 'GET') {
    const pathname = path.split(/[?#]/, 1)[0] ?? '';
    if (pathname !== base && !pathname.startsWith(`${base}/`)) return undefined;

    if (method !== 'GET' && method !== 'HEAD') {
      return plain(405, 'Only GET and HEAD are answered here.', { allow: 'GET, HEAD' });
    }
    const reply = answerGet(pathname);
    return method === 'HEAD' ? { ...reply, body: Buffer.alloc(0) } : reply;
  }

  /** @type {(pathname: string) => PlaygroundAnswer} */
  function answerGet(pathname) {
    // Without the slash the page's relative addresses would point one folder too high.
    if (pathname === base) return plain(308, 'The playground is one slash further.', { location: `${base}/` });

    const file = files.get(pathname.slice(base.length + 1));
    if (!file) return plain(404, 'There is nothing here.');
    return {
      status: 200,
      headers: { ...headers, 'content-type': file.type, 'content-length': String(file.body.length) },
      body: file.body,
    };
  }

  return { basePath: base, answer };
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
