import { ADA, REDIRECT, Tenant } from './support/environments.js';
import { Answer, request } from './support/http.js';
import { expectClean, expectPage } from './support/verdict.js';

const SCRIPT = '"><script>alert(1)</script>';
const IMAGE = `'><img src=x onerror=alert(1)>`;

/** Values that other people choose stand in pages as text, or not at all. */
function expectNoMarkup(answer: Answer): void {
  expectClean(answer);
  expect(answer.text).not.toMatch(/<script>|<img src=x|<b>bold/i);
  for (const [tag] of answer.text.matchAll(/<[a-z](?:[^>"]|"[^"]*")*>/gi)) {
    expect(tag.replaceAll(/"[^"]*"/g, '')).not.toMatch(/\son\w+\s*=|'/i);
    expect(tag).not.toMatch(/="\s*(?:javascript|data:text)/i);
  }
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("base-uri 'none'");
  expect(policy).not.toMatch(/unsafe-|\*|data:.*script/);
  expect(answer.text).not.toMatch(/<style|\sstyle=/);
  expect(answer.text.replaceAll(/<script[^>]*\ssrc="[^"]*"[^>]*><\/script>/g, '')).not.toContain('<script');
}

function expectFramedByNobody(answer: Answer): void {
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
  expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  const sources = [...answer.text.matchAll(/<(?:link|script|img|iframe)[^>]*\s(?:href|src)="([^"]*)"/g)].map(
    ([, source]) => source,
  );
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) expect(source).toMatch(/^(?:\/[^/\\]|data:image\/)/);
}

describe('pages', () => {
  let tenant: Tenant;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const [web] = file.clients;
      if (web) web.name = `Shop <b>bold</b> ${IMAGE}`;
      file.name = `Environment ${SCRIPT}`;
      const [orders] = file.resources ?? [];
      if (orders?.scopes[0]) orders.scopes[0].description = `See ${IMAGE}`;
      file.users.push({ username: 'mallory<b>bold</b>', password: 'third horse battery' });
    });
  });

  it.each(['https://evil.test', 'null', undefined])(
    'AZ-10 sign-on, consent, error and form_post pages, asked with Origin %s: no frames, no referrer, no CORS, nothing of third parties',
    async (origin) => {
      const headers = origin === undefined ? {} : { origin };
      const app = tenant.app();
      const person = tenant.person();
      const start = app.authorizeUrl({ response_mode: 'form_post', prompt: 'consent' });
      const first = await person.get(start, headers);
      expect([...first.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      const signOn = await person.get(first.location as string, headers);
      expectPage(signOn, 'sign-on');
      const consent = await person.signOn(signOn, ADA.username, ADA.password);
      expectPage(consent, 'consent');
      const formPost = await person.consent(consent);
      const error = await person.get(app.authorizeUrl({ client_id: 'nobody' }), headers);
      const wrong = await person.get(`/${tenant.id}/as/resume`, headers);
      expect([formPost.status, error.status, wrong.status]).toEqual([200, 400, 400]);
      for (const page of [signOn, consent, formPost, error, wrong]) expectFramedByNobody(page);
    },
  );

  it('AZ-11 AZ-04 CVE-2023-6134 CVE-2023-6927 CVE-2026-9086 CVE-2022-4361 form_post: values encoded, its target is the registered URI', async () => {
    for (const state of [
      SCRIPT,
      IMAGE,
      '</form><form action="https://evil.test">',
      '${7*7}{{7*7}}',
      '\u2028</script>',
      '&quot;&#34;',
    ]) {
      const app = tenant.app();
      const refused = await request(app.authorizeUrl({ response_mode: 'form_post', scope: 'bogus', state }));
      const signedIn = await app.signIn(tenant.person(), ADA, { response_mode: 'form_post', state });
      for (const answer of [refused, signedIn]) {
        expectNoMarkup(answer);
        expect(answer.text.match(/<form/g)).toHaveLength(1);
        expect(answer.formAction()).toBe(REDIRECT);
        expect(answer.hiddenFields()['state']).toBe(state);
      }
    }
  });

  it.each([SCRIPT, IMAGE])('AZ-11 CVE-2019-8400 GO-2026-4807 %s in whatever a page could show back', async (evil) => {
    const app = tenant.app();
    const person = tenant.person();
    const everywhere = {
      state: evil,
      nonce: evil,
      login_hint: evil,
      ui_locales: evil,
      display: evil,
      acr_values: evil,
      error: evil,
    };
    const told = { error_description: evil, error_hint: evil, error_uri: evil };
    const signOn = await person.follow(app.authorizeUrl({ ...everywhere, ...told }));
    expectPage(signOn, 'sign-on');
    const wrong = await person.signOn(signOn, evil, evil);
    expectPage(wrong, 'sign-on', 400);
    const consent = await person.signOn(wrong, 'mallory<b>bold</b>', 'third horse battery');
    expectPage(consent, 'consent');
    for (const page of [signOn, wrong, consent]) expectNoMarkup(page);
    for (const name of ['client_id', 'redirect_uri', 'flowId', 'error', 'error_description', 'error_hint']) {
      expectNoMarkup(await request(`${app.authorizeUrl({ client_id: 'nobody' })}&${name}=${encodeURIComponent(evil)}`));
      expectNoMarkup(await person.get(`/${tenant.id}/signon?${name}=${encodeURIComponent(evil)}`));
      expectNoMarkup(await person.get(`/${tenant.id}/as/resume?${name}=${encodeURIComponent(evil)}`));
      expectNoMarkup(await person.get(`/${tenant.id}/nowhere/${encodeURIComponent(evil)}`));
    }
  });

  it('AZ-11 positive control: the name a page shows is the client’s, letter for letter', async () => {
    const page = await tenant.person().follow(tenant.app('spa').authorizeUrl({ login_hint: 'ada & grace' }));
    expect(page.text).toContain('Single Page');
    expect(page.text).toContain('value="ada &amp; grace"');
  });
});
