import type { PageModel } from '@grantway/contracts';
import { renderFormPost } from './render-form-post.js';
import { renderPage } from './render-page.js';
import { aConsent, anError, aSignOn } from './testing/page-mothers.js';
import { tags } from './testing/read-html.js';

const HOSTILE = [
  '"><script>x</script>',
  '<img src=x onerror=alert(1)>',
  "' onfocus=alert(1) autofocus x='",
  '</title><script>x</script>',
  '<!--<script>',
  '&lt;script&gt;',
  'javascript:alert(1)',
  '\u2028</bdi></main>',
];

/** Every text of a model that may come from outside, set to one value. */
function everywhere(value: string): readonly PageModel[] {
  const form = { action: '/demo/signon', flowId: value, csrf: value };
  const names = { environmentName: value, clientName: value, username: value, form };
  return [
    aSignOn(names),
    aSignOn({ ...names, problem: { kind: 'wrong' } }),
    aConsent({
      ...names,
      destination: value,
      scopes: [
        { name: value, description: '' },
        { name: 'x', description: value },
      ],
    }),
    anError({ environmentName: value, code: value, description: value, requestId: value }),
  ];
}

/** The elements and attributes of a document, without what they say. */
function skeleton(html: string) {
  return tags(html).map(({ name, attributes }) => [name, Object.keys(attributes)]);
}

describe('a rendered page', () => {
  it.each(HOSTILE)('AZ-11 DR-03 %s is text wherever it stands', (value) => {
    const harmless = everywhere('harmless').map((model) => skeleton(renderPage(model)));
    const documents = everywhere(value).map((model) => renderPage(model));
    expect(documents.map(skeleton)).toEqual(harmless);
    for (const html of documents) {
      expect(html).not.toMatch(/<script|<img|<!--/);
      expect(html.match(/<\/title>/g)).toHaveLength(1);
      expect(html).toContain(value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').split('"')[0]);
    }
  });

  it('DR-03 a name `<img onerror>` is shown as text', () => {
    expect(renderPage(aSignOn({ clientName: '<img onerror>' }))).toMatch(/<bdi>&lt;img onerror(>|&gt;)<\/bdi>/);
  });

  it('AZ-11 a value that is not text but looks like an element is not rendered as one', () => {
    const element = JSON.parse('{"type":"script","props":{"children":"x"},"key":null,"ref":null}');
    const model = anError({ description: element });
    expect(() => renderPage(model)).toThrow();
    const scoped = aSignOn({ environmentName: 'x', username: element });
    expect(renderPage(scoped)).not.toContain('<script');
  });

  it('DR-03 direction overrides cannot write one host as another', () => {
    const html = renderPage(aConsent({ destination: '\u202Emoc.elpmaxe\u202C' }));
    expect(html).toContain('<bdi>moc.elpmaxe</bdi>');
  });

  it.each([aSignOn(), aConsent(), anError()])('AZ-11 $page has no inline script, style or handler', (model) => {
    const html = renderPage(model);
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script/);
  });

  it.each([aSignOn(), aConsent(), anError()])(
    'house: $page says what it is to browsers, robots and readers',
    (model) => {
      const html = renderPage(model);
      expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
      const meta = Object.fromEntries(
        tags(html, 'meta').map(({ attributes }) => [attributes['name'] ?? 'charset', attributes['content']]),
      );
      expect(meta).toMatchObject({ viewport: 'width=device-width, initial-scale=1', robots: 'noindex' });
      expect(meta['referrer']).toBe('no-referrer');
      expect(tags(html, 'h1')).toHaveLength(1);
      expect(tags(html, 'main')).toHaveLength(1);
    },
  );

  it('AZ-10 nothing is loaded from elsewhere', () => {
    const addresses = [aSignOn(), aConsent(), anError()]
      .flatMap((model) => tags(renderPage(model)))
      .flatMap(({ name, attributes }) => (name === 'a' ? [] : [attributes['href'], attributes['src']]))
      .filter((address) => address !== undefined);
    expect(addresses).not.toHaveLength(0);
    for (const address of addresses) expect(address).toMatch(/^\/_assets\//);
  });

  it.each([
    ['de-CH', 'de-CH'],
    ['"><script>', 'en'],
    ['', 'en'],
  ])('AZ-11 the language %j is written as %s', (lang, written) => {
    expect(tags(renderPage(aSignOn(), { lang }), 'html')[0]?.attributes).toEqual({ lang: written });
    const reply = { action: 'https://notes.example/', fields: {} };
    expect(tags(renderFormPost(reply, { lang }), 'html')[0]?.attributes).toEqual({ lang: written });
  });

  it.each(['nothing-yet', 'constructor', '__proto__'])('house: no page is named %s', (page) => {
    expect(() => renderPage({ page } as unknown as PageModel)).toThrow(/No page is named/);
  });
});
