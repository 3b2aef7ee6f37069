import type { FlowForm } from '@grantway/contracts';
import { type Browser, chromium, type Page } from 'playwright-core';
import { aConsent, aForm, anError, aSignOn } from './testing/page-mothers.js';
import { PageServer } from './testing/page-server.js';

/** The pages as a person meets them: drawn, focused, typed into and sent, under their real policy. */
describe('the pages in Chromium', () => {
  let browser: Browser;
  let gateway: PageServer;
  let client: PageServer;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    // The one browser of the run: packages/tooling/setup/resident-browser.mjs.
    const answer = await fetch(process.env['GRANTWAY_TEST_BROWSER_URL'] as string);
    browser = await chromium.connect(await answer.text());
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    gateway = await new PageServer(aSignOn()).listen();
    client = await new PageServer(anError()).listen();
    await open();
  });
  afterEach(async () => {
    await page.context().close();
    await Promise.all([gateway.close(), client.close()]);
  });

  async function open(options: Parameters<Browser['newContext']>[0] = {}) {
    await page?.context().close();
    page = await (await browser.newContext(options)).newPage();
    page.setDefaultTimeout(30_000);
    complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  const form = (formTargets: readonly string[]): FlowForm => ({ ...aForm, action: '/signon', formTargets });

  it('house: sign-on works by keyboard alone, without scripts', async () => {
    await open({ javaScriptEnabled: false });
    gateway.page = aSignOn({ form: form([]) });
    await page.goto(gateway.origin);
    await page.locator('#username:focus').waitFor();
    await page.keyboard.type('ada');
    await page.keyboard.press('Tab');
    await page.locator('#password:focus').waitFor();
    await page.keyboard.type('correct horse');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/done');
    expect(gateway.posts).toEqual([
      {
        flowId: aForm.flowId,
        csrf: aForm.csrf,
        action: 'usernamePassword.check',
        username: 'ada',
        password: 'correct horse',
      },
    ]);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['Allow', { action: 'user.consent', accept: 'true' }],
    ['Cancel', { action: 'user.consent', accept: 'false' }],
    ['Not you? Sign in as somebody else', { action: 'session.reset' }],
  ])('house: “%s” sends what it says', async (name, fields) => {
    gateway.page = aConsent({ form: form([]) });
    await page.goto(gateway.origin);
    await page.getByRole('button', { name }).click();
    await page.waitForURL('**/done');
    expect(gateway.posts).toEqual([{ flowId: aForm.flowId, csrf: aForm.csrf, ...fields }]);
  });

  it('house: a consent may end at the client it was given to, and nowhere else', async () => {
    gateway.onward = `${client.origin}/callback`;
    gateway.page = aConsent({ form: form([`${client.origin}/callback`]) });
    await page.goto(gateway.origin);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(gateway.onward);
    expect(complaints).toEqual([]);

    gateway.page = aConsent({ form: form(['https://notes.example/callback']) });
    await page.goto(gateway.origin);
    const complaint = page.waitForEvent('console');
    await page.getByRole('button', { name: 'Allow' }).click();
    expect((await complaint).text()).toContain('form-action');
    expect(page.url()).toBe(`${gateway.origin}/`);
  });

  it('RFC 8252 §7.1: a consent may end at a private scheme', async () => {
    gateway.onward = 'com.example.app:/callback?code=1';
    gateway.page = aConsent({ form: form(['com.example.app:']) });
    await page.goto(gateway.origin);
    const left = page.waitForRequest((request) => request.url() === gateway.onward);
    await page.getByRole('button', { name: 'Allow' }).click();
    await left;
    expect(complaints.filter((text) => text.includes('form-action'))).toEqual([]);
  });

  it.each([
    ['by itself', true],
    ['by its button where scripts are off', false],
  ])('Form Post §2: the response is posted %s, a field named submit included', async (_how, javaScriptEnabled) => {
    await open({ javaScriptEnabled });
    const fields = { code: 'ac_1', state: '"><script>x</script>', submit: 'taken' };
    gateway.page = { page: 'form_post', action: `${client.origin}/callback`, fields };
    client.onward = '/welcome';
    await page.goto(gateway.origin, { waitUntil: 'commit' });
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${client.origin}/welcome`);
    expect(client.posts).toEqual([fields]);
    expect(complaints).toEqual([]);
  });

  it.each(['"><script>alert(1)</script>', '<img src=x onerror=alert(1)>', "' autofocus onfocus=alert(1) x='"])(
    'AZ-11 DR-03 %s is read, not run',
    async (value) => {
      const names = { environmentName: value, clientName: value, username: value };
      const scopes = [{ name: value, description: value }];
      for (const model of [aSignOn(names), aConsent({ ...names, destination: value, scopes })]) {
        gateway.page = model;
        await page.goto(gateway.origin);
        expect(await page.locator('main').textContent()).toContain(value);
      }
      expect(complaints).toEqual([]);
    },
  );

  it.each([320, 1280])('WCAG 1.4.10, 2.5.8: at %d px nothing scrolls sideways and targets are 44 px', async (width) => {
    await open({ viewport: { width, height: 700 } });
    const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2);
    const names = { environmentName: long, clientName: long, username: long };
    const scopes = [{ name: long, description: '' }];
    const error = anError({ environmentName: long, code: long, description: long, requestId: long });
    for (const model of [aSignOn(names), aConsent({ ...names, destination: long, scopes }), error]) {
      gateway.page = model;
      await page.goto(gateway.origin);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      for (const target of await page.locator('button, input:not([type=hidden])').all()) {
        expect((await target.boundingBox())?.height).toBeGreaterThanOrEqual(44);
      }
    }
  });
});
