import { ASSETS, FAVICON_PATH, FORM_POST_SCRIPT_PATH, findAsset, STYLESHEET_PATH } from './assets.js';

describe('the assets', () => {
  it.each([
    [STYLESHEET_PATH, 'text/css; charset=utf-8'],
    [FORM_POST_SCRIPT_PATH, 'text/javascript; charset=utf-8'],
    [FAVICON_PATH, 'image/svg+xml'],
  ])('house: %s is named by its bytes and kept for good', (path, contentType) => {
    expect(path).toMatch(/^\/_assets\/[a-z-]+\.[A-Za-z0-9_-]{12}\.[a-z]+$/);
    expect(findAsset(path)).toEqual({ ...ASSETS.get(path), cacheControl: 'public, max-age=31536000, immutable' });
    expect(ASSETS.get(path)?.contentType).toBe(contentType);
  });

  it('house: another version’s stylesheet is answered with ours, and not kept', () => {
    const found = findAsset('/_assets/pages.AAAAAAAAAAAA.css');
    expect(found).toMatchObject({ cacheControl: 'no-store', body: ASSETS.get(STYLESHEET_PATH)?.body });
  });

  it.each(['/_assets/', '/_assets/other.AAAAAAAAAAAA.css', '/_assets/../package.json', 'constructor', ''])(
    'house: %j is not there',
    (path) => {
      expect(findAsset(path)).toBeUndefined();
    },
  );

  it('AZ-10 the stylesheet loads nothing', () => {
    expect(ASSETS.get(STYLESHEET_PATH)?.body).not.toMatch(/url\(|@import|undefined|NaN|\[object/);
  });
});
