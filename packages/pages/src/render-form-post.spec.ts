import { ASSETS } from './assets.js';
import { renderFormPost } from './render-form-post.js';
import { hiddenFields, tags, text } from './testing/read-html.js';

const reply = {
  action: 'https://notes.example/callback?a=1&b=2',
  fields: { code: 'ac_1.secret', state: '"><script>x</script>' },
};

describe('the form_post page, OAuth 2.0 Form Post Response Mode', () => {
  it('§2 posts every field to the redirect URI', () => {
    const html = renderFormPost(reply);
    expect(tags(html, 'form')[0]?.attributes).toEqual({
      method: 'post',
      action: 'https://notes.example/callback?a=1&amp;b=2',
    });
    expect(hiddenFields(html)[0]?.map(([name]) => name)).toEqual(['code', 'state']);
  });

  it('AZ-11 state is text', () => {
    const html = renderFormPost(reply);
    expect(html).toContain('value="&quot;>&lt;script>x&lt;/script>"');
    expect(tags(html, 'script')).toHaveLength(1);
  });

  it('AZ-11 its only script is ours, from our own address', () => {
    const [script] = tags(renderFormPost(reply), 'script');
    expect(ASSETS.has(script?.attributes['src'] ?? '')).toBe(true);
  });

  it('house: without scripts a button goes on, and adds no field of its own', () => {
    const html = renderFormPost(reply);
    expect(text(html)).toContain('Continue');
    expect(tags(html, 'button').map(({ attributes }) => attributes)).toEqual([{ type: 'submit', class: 'button' }]);
  });

  it.each(['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'com.example.app:/cb', '/relative', ''])(
    'AZ-04 AZ-11 %j is not posted to',
    (action) => {
      expect(() => renderFormPost({ ...reply, action })).toThrow(TypeError);
    },
  );
});
