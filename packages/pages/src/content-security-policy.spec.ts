import { contentSecurityPolicy, formPostPolicy, pagePolicy } from './content-security-policy.js';
import { aConsent, aForm, anError, aSignOn } from './testing/page-mothers.js';

/** The sources of form-action behind 'self'. */
function targets(policy: string): string[] {
  const [, sources = ''] = /form-action ([^;]*)/.exec(policy) ?? [];
  return sources.split(' ').slice(1);
}

describe('the content security policy', () => {
  it('AZ-10 AZ-11 allows our own stylesheet, pictures and forms, and nothing else', () => {
    expect(contentSecurityPolicy()).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; " +
        "frame-ancestors 'none'",
    );
  });

  it('AZ-11 allows a script only where there is one', () => {
    for (const model of [aSignOn(), aConsent(), anError()]) expect(pagePolicy(model)).not.toContain('script-src');
    expect(formPostPolicy('https://notes.example/cb')).toContain("script-src 'self';");
  });

  it.each([
    ['a redirect URI, by its origin', 'https://notes.example/callback?x=1', ['https://notes.example']],
    ['a port', 'https://notes.example:8443/cb', ['https://notes.example:8443']],
    ['a loopback address', 'http://127.0.0.1:5001/cb', ['http://127.0.0.1:5001']],
    ['an IPv6 literal, which no host source can be', 'http://[::1]:5001/cb', ['http:']],
    ['a private scheme', 'com.example.app:/cb', ['com.example.app:']],
    ['a private scheme with a host', 'com.example.app://cb/path', ['com.example.app:']],
    ['a bare scheme', 'Com.Example.App:', ['com.example.app:']],
    ['every https address', 'https:', ['https:']],
    ['a name in another script', 'https://bücher.example/cb', ['https://xn--bcher-kva.example']],
  ])('house: a form may lead to %s', (_what, address, expected) => {
    expect(targets(pagePolicy(aConsent({ form: { ...aForm, formTargets: [address] } })))).toEqual(expected);
  });

  it.each([
    ['a directive in the host', "https://a;script-src 'unsafe-inline'/cb"],
    ['a semicolon in the host', 'https://a;b/cb'],
    ['a comma in the host', 'https://a,b/cb'],
    ['a wildcard', 'https://*.example/cb'],
    ['a keyword', "'unsafe-inline'"],
    ['a lone star', '*'],
    ['a directive behind a scheme', 'https: ; script-src *'],
    ['javascript:', 'javascript:alert(1)'],
    ['a bare JavaScript:', 'JavaScript:'],
    ['data:', 'data:text/html,x'],
    ['nothing', ''],
  ])('AZ-11 %s opens nothing', (_what, address) => {
    expect(contentSecurityPolicy({ formAction: [address] })).toBe(contentSecurityPolicy());
  });

  it('house: sign-on leads to the client too: with one session and an old consent nothing comes between', () => {
    expect(targets(pagePolicy(aSignOn()))).toEqual(['https://notes.example']);
  });

  it('house: form_post leads to its action, and on to where it is said the client may redirect', () => {
    expect(targets(formPostPolicy('https://notes.example/cb'))).toEqual(['https://notes.example']);
    expect(targets(formPostPolicy('https://notes.example/cb', ['https:']))).toEqual([
      'https://notes.example',
      'https:',
    ]);
  });
});
