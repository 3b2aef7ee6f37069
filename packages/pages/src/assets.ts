import { createHash } from 'node:crypto';
import { CARD_STYLES } from './style/card-styles.js';
import { FAVICON } from './style/favicon.js';
import { PAGE_STYLES } from './style/page-styles.js';

/** A file the pages refer to, served by the gateway from memory. */
export interface Asset {
  readonly contentType: string;
  readonly body: string;
}

export interface FoundAsset extends Asset {
  readonly cacheControl: string;
}

// `submit` may be the name of a field, and then `form.submit` is that field.
const FORM_POST_SCRIPT = 'HTMLFormElement.prototype.submit.call(document.forms[0]);\n';

const ALL = [
  asset('pages', 'css', 'text/css; charset=utf-8', PAGE_STYLES + CARD_STYLES),
  asset('form-post', 'js', 'text/javascript; charset=utf-8', FORM_POST_SCRIPT),
  asset('mark', 'svg', 'image/svg+xml', FAVICON),
] as const;

/** Where each asset of this version is; the address changes with the bytes. */
export const [STYLESHEET_PATH, FORM_POST_SCRIPT_PATH, FAVICON_PATH] = [ALL[0].path, ALL[1].path, ALL[2].path];

/** Every asset by its path, `/_assets/<name>.<hash>.<type>`. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map(ALL.map(({ path, file }) => [path, file]));

const BY_NAME: ReadonlyMap<string, Asset> = new Map(ALL.map(({ name, file }) => [name, file]));

/**
 * The asset at a path, with how long it may be kept.
 *
 * While two versions of the gateway run side by side, a page of one may ask the other for its stylesheet. Ours under that
 * name, uncached, is nearer to what the person should see than a bare page.
 */
export function findAsset(path: string): FoundAsset | undefined {
  const exact = ASSETS.get(path);
  if (exact) return { ...exact, cacheControl: 'public, max-age=31536000, immutable' };
  const [, name, type] = /^\/_assets\/([a-z-]+)\.[A-Za-z0-9_-]{12}\.([a-z]+)$/.exec(path) ?? [];
  const other = BY_NAME.get(`${name}.${type}`);
  return other && { ...other, cacheControl: 'no-store' };
}

function asset(name: string, type: string, contentType: string, body: string) {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  const file: Asset = { contentType, body };
  return { name: `${name}.${type}`, path: `/_assets/${name}.${hash}.${type}`, file };
}
