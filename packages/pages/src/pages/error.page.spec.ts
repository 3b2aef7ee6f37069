import { renderPage } from '../render-page.js';
import { anError } from '../testing/page-mothers.js';
import { text } from '../testing/read-html.js';
import { ERROR_WORDS } from '../words/error-words.js';

describe('the error page', () => {
  it.each(Object.keys(ERROR_WORDS) as (keyof typeof ERROR_WORDS)[])(
    'house: %s has a title, what happened, and what to do',
    (kind) => {
      const html = renderPage(anError({ kind }));
      const { title, happened, advice } = ERROR_WORDS[kind];
      expect(html).toContain(`<title>${title} · Grantway</title>`);
      for (const words of [title, happened, advice('a moment')]) expect(text(html)).toContain(words);
    },
  );

  it('house: what is for developers stands apart', () => {
    const html = renderPage(anError({ code: 'invalid_request', description: 'redirect_uri is not registered' }));
    const [people = '', developers = ''] = html.split('<section class="developers"');
    for (const words of ['invalid_request', 'redirect_uri is not registered', 'request-0198']) {
      expect(people).not.toContain(words);
      expect(developers).toContain(words);
    }
  });

  it('house: a code or description that is not there leaves no empty line', () => {
    const words = text(renderPage(anError()));
    expect(words).not.toContain('Reason');
    expect(words).toContain('For developers Request id request-0198');
  });

  it.each(['too_many', 'unavailable'] as const)('house: %s says how long to wait when that is known', (kind) => {
    expect(text(renderPage(anError({ kind, retryAfter: 120 })))).toContain('Wait 2 minutes, then try again.');
    expect(text(renderPage(anError({ kind })))).toContain('Wait a moment, then try again.');
  });

  it('house: bears the environment’s name once that is known', () => {
    expect(text(renderPage(anError({ environmentName: 'Northwind' })))).toMatch(/^ N Northwind /);
  });
});
