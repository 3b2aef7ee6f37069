import { renderPage } from '../render-page.js';
import { aConsent } from '../testing/page-mothers.js';
import { hiddenFields, tags, text } from '../testing/read-html.js';

describe('the consent page', () => {
  it('house: says who asks, for whom, and where the answer goes', () => {
    const words = text(renderPage(aConsent()));
    expect(words).toContain('Allow Field Notes to use your account?');
    expect(words).toContain('Signed in as ada');
    expect(words).toContain('After this you go to notes.example');
  });

  it('house: one form resets the session, the other carries the decision', () => {
    const html = renderPage(aConsent());
    const carried = [
      ['flowId', 'flow_0198'],
      ['csrf', 'c5rf'],
    ];
    expect(hiddenFields(html)).toEqual([
      [...carried, ['action', 'session.reset']],
      [...carried, ['action', 'user.consent']],
    ]);
    expect(
      tags(html, 'button').map(({ attributes }) => [attributes['type'], attributes['name'], attributes['value']]),
    ).toEqual([
      ['submit', undefined, undefined],
      ['submit', 'accept', 'true'],
      ['submit', 'accept', 'false'],
    ]);
  });

  it('house: nothing decides by itself, neither Enter in a field nor focus on load', () => {
    const html = renderPage(aConsent());
    expect(tags(html, 'input').every(({ attributes }) => attributes['type'] === 'hidden')).toBe(true);
    expect(tags(html).some(({ attributes }) => 'autofocus' in attributes)).toBe(false);
  });

  it('house: forty scopes are forty lines', () => {
    const scopes = Array.from({ length: 40 }, (_, n) => ({ name: `s${n}`, description: `Do thing ${n}` }));
    expect(tags(renderPage(aConsent({ scopes })), 'li')).toHaveLength(40);
  });

  it('house: without scopes there is no empty list', () => {
    const html = renderPage(aConsent({ scopes: [] }));
    expect(tags(html, 'ul')).toEqual([]);
    expect(text(html)).not.toContain('It asks to');
  });
});
