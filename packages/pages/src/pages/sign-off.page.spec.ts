import type { SignedOffPage, SignOffPage } from '@grantway/contracts';
import { pagePolicy } from '../content-security-policy.js';
import { renderPage } from '../render-page.js';
import { tags, text } from '../testing/read-html.js';

const form = {
  action: '/demo/as/signoff',
  csrf: 'c5rf',
  fields: { client_id: 'notes', post_logout_redirect_uri: 'https://notes.example/bye', state: '"><script>x</script>' },
  formTargets: ['https:'],
};

function aSignOff(changes: Partial<SignOffPage> = {}): SignOffPage {
  return {
    page: 'sign-off',
    environmentName: 'Northwind',
    username: 'ada',
    clientName: 'Field Notes',
    form,
    ...changes,
  };
}

function aSignedOff(changes: Partial<SignedOffPage> = {}): SignedOffPage {
  return { page: 'signed-off', environmentName: 'Northwind', ...changes };
}

describe('the sign-off page', () => {
  it('LO-02 asks one question, says whose session it is, and how not to', () => {
    const words = text(renderPage(aSignOff()));
    for (const part of ['Do you want to sign off?', 'signed in as ada', 'Field Notes', 'you stay signed in']) {
      expect(words).toContain(part);
    }
    const { clientName: _, username: __, ...bare } = aSignOff();
    expect(text(renderPage(bare))).toContain('You are signed in. Signing off ends that in this browser.');
  });

  it('LO-02 the button sends the request back with its token, and nothing but a POST does', () => {
    const html = renderPage(aSignOff());
    expect(tags(html, 'form').map(({ attributes }) => attributes)).toEqual([{ method: 'post', action: form.action }]);
    const sent = tags(html, 'input').map(({ attributes: { name, value } }) => [name, value]);
    expect(Object.fromEntries(sent)).toEqual({
      ...{ client_id: 'notes', post_logout_redirect_uri: 'https://notes.example/bye', csrf: 'c5rf' },
      state: expect.stringContaining('script'),
    });
    expect(tags(html, 'button').map(({ attributes: { name, value } }) => [name, value])).toEqual([['confirm', 'true']]);
    expect(html).not.toContain('<script');
  });

  it('AZ-10 its policy lets the redirect after the form through, and nothing else', () => {
    expect(pagePolicy(aSignOff())).toContain("form-action 'self' https:;");
    expect(pagePolicy(aSignOff({ form: { ...form, formTargets: [] } }))).toContain("form-action 'self';");
    expect(pagePolicy(aSignedOff())).toContain("frame-ancestors 'none'");
  });
});

describe('the signed-off page', () => {
  it('says so', () => {
    const html = renderPage(aSignedOff());
    expect(text(html)).toContain('You are signed off');
    expect(tags(html, 'a')).toHaveLength(0);
  });

  it('LO-01 leads back by a link a person sees', () => {
    const html = renderPage(
      aSignedOff({ back: { name: 'Field Notes', address: 'https://notes.example/bye?state=1' } }),
    );
    expect(tags(html, 'a').map(({ attributes }) => attributes['href'])).toEqual(['https://notes.example/bye?state=1']);
    expect(text(html)).toContain('Back to Field Notes');
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    ' javascript:alert(1)',
    'com.example.app:/bye',
    '//evil.example',
  ])('AZ-11 %s is no link', (address) => {
    expect(tags(renderPage(aSignedOff({ back: { name: 'x', address } })), 'a')).toHaveLength(0);
  });

  it.each(['"><img src=x onerror=alert(1)>', '</title><script>x</script>'])('AZ-11 DR-03 %s is text', (value) => {
    const pages = [
      renderPage(aSignedOff({ environmentName: value, back: { name: value, address: `https://x.example/${value}` } })),
      renderPage(
        aSignOff({ environmentName: value, clientName: value, username: value, form: { ...form, csrf: value } }),
      ),
    ];
    for (const html of pages) expect(html).not.toMatch(/<script|<img/);
  });
});
