import type { Browser } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { Callback, type Visit } from './support/callback.js';
import { ADA, Tenant } from './support/environments.js';
import { request } from './support/http.js';

describe('pages in a real browser', () => {
  let tenant: Tenant;
  let callback: Callback;
  let browser: Browser;
  const open: Surfer[] = [];

  beforeAll(async () => {
    [callback, browser] = await Promise.all([Callback.open(), openBrowser()]);
    tenant = await Tenant.create(({ clients }) => {
      for (const client of clients) if (client.redirectUris) client.redirectUris = [callback.redirectUri];
    });
  });
  afterEach(async () => {
    for (const surfer of open.splice(0)) {
      expect(surfer.complaints).toEqual([]);
      await surfer.close();
    }
  });
  afterAll(async () => {
    await Promise.all([browser.close(), callback.close()]);
  });

  async function surf(options: Parameters<typeof Surfer.open>[1] = {}): Promise<Surfer> {
    const surfer = await Surfer.open(browser, options);
    open.push(surfer);
    return surfer;
  }
  /** A public client on http asks for consent every time (AZ-14), so every test sees both pages. */
  const start = (changes: Record<string, string> = {}) => tenant.app('spa').authorizeUrl(changes);
  const answerOf = ({ url, form }: Visit) => ({ ...Object.fromEntries(url.searchParams), ...form });

  it('AZ-10 AZ-11 sign in and allow: the answer arrives and no page broke its own policy', async () => {
    const surfer = await surf();
    await surfer.page.goto(start());
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.allow();
    expect(answerOf(await callback.next())).toMatchObject({
      code: expect.any(String),
      state: 'state-1',
      iss: tenant.issuer,
    });
    await surfer.page.waitForURL(`${callback.origin}/**`);
    expect(await surfer.page.title()).toBe('Back at the client');
  });

  it('A5 AZ-08 Cancel on the consent page → access_denied at the client', async () => {
    const surfer = await surf();
    await surfer.page.goto(start());
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.page.getByRole('button', { name: 'Cancel' }).click();
    expect(answerOf(await callback.next())).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
      iss: tenant.issuer,
    });
  });

  it('house: everything can be done with the keyboard alone', async () => {
    const surfer = await surf();
    const { keyboard } = surfer.page;
    await surfer.page.goto(start());
    // The first field has the focus by itself, so a person begins to type.
    await surfer.page.waitForSelector('[name="username"]:focus');
    await keyboard.type(ADA.username);
    await keyboard.press('Tab');
    await keyboard.type(ADA.password);
    await keyboard.press('Enter');
    await surfer.page.waitForSelector('button[name="accept"]');
    const focused = () => surfer.page.evaluate('document.activeElement.textContent');
    for (let presses = 0; presses < 12 && (await focused()) !== 'Allow'; presses += 1) await keyboard.press('Tab');
    expect(await focused()).toBe('Allow');
    await keyboard.press('Enter');
    expect(answerOf(await callback.next())).toHaveProperty('code');
  });

  it('house: everything works without JavaScript, form_post with one press more', async () => {
    const surfer = await surf({ javaScriptEnabled: false });
    await surfer.page.goto(start({ response_mode: 'form_post' }));
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.allow();
    await surfer.page.getByRole('button', { name: 'Continue' }).click();
    const visit = await callback.next();
    expect([visit.method, visit.url.search]).toEqual(['POST', '']);
    expect(visit.form).toMatchObject({ code: expect.any(String), state: 'state-1', iss: tenant.issuer });
  });

  it('A3 AZ-09 form_post and fragment bring the answer by themselves', async () => {
    const surfer = await surf();
    await surfer.page.goto(start({ response_mode: 'form_post' }));
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.allow();
    const posted = await callback.next();
    expect([posted.method, posted.form]).toEqual(['POST', expect.objectContaining({ code: expect.any(String) })]);
    await surfer.page.getByText('Welcome back').waitFor();
    await surfer.page.goto(start({ response_mode: 'fragment' }));
    await surfer.allow();
    expect((await callback.next()).url.search).toBe('');
    await surfer.page.waitForURL(`${callback.origin}/**`);
    expect(new URL(surfer.page.url()).hash).toContain('code=');
  });

  it('AZ-11 what a request says is text on the pages, never markup', async () => {
    const surfer = await surf();
    const evil = '"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
    await surfer.page.goto(
      start({ login_hint: evil, state: evil, ui_locales: evil, nonce: evil, response_mode: 'form_post' }),
    );
    expect(await surfer.page.getByLabel('Username').inputValue()).toBe(evil);
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.allow();
    expect((await callback.next()).form['state']).toBe(evil);
    await surfer.page.getByText('Welcome back').waitFor();
    await surfer.page.goto(
      `${tenant.issuer}/authorize?${new URLSearchParams({ client_id: evil, error: evil, error_description: evil })}`,
    );
    expect(await surfer.page.evaluate('window.pwned')).toBeUndefined();
  });

  it('CVE-2022-39222 AZ-15 the address of somebody’s consent page is worth nothing in another browser', async () => {
    const [owner, thief] = [await surf(), await surf()];
    await owner.page.goto(start());
    await owner.signOn(ADA.username, ADA.password);
    await owner.page.waitForSelector('button[name="accept"]');
    const answer = await thief.page.goto(owner.page.url());
    expect([answer?.status(), await thief.page.locator('form').count()]).toEqual([403, 0]);
    await owner.allow();
    expect(answerOf(await callback.next())).toHaveProperty('code');
  });

  it('SE-02 a wrong password: the summary has the focus order of a form, and the right one then signs on', async () => {
    const surfer = await surf();
    await surfer.page.goto(start());
    await surfer.signOn(ADA.username, 'wrong');
    await surfer.page.getByText('don’t match').waitFor();
    expect(await surfer.page.title()).toMatch(/^Problem: /);
    expect(await surfer.page.getByLabel('Username').inputValue()).toBe(ADA.username);
    expect(await surfer.page.getByLabel('Password').inputValue()).toBe('');
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.allow();
    expect(answerOf(await callback.next())).toHaveProperty('code');
  });

  it('AZ-10 a page of ours does not show in another site’s frame', async () => {
    const surfer = await Surfer.open(browser);
    await surfer.page.goto(callback.origin);
    const { location: flow = '' } = await request(start());
    await surfer.page.evaluate(
      `document.body.innerHTML = '<iframe></iframe>'; document.querySelector('iframe').src = ${JSON.stringify(flow)}`,
    );
    await surfer.page.waitForTimeout(300);
    expect(
      await surfer.page
        .frames()[1]
        ?.locator('form')
        .count()
        .catch(() => 0),
    ).toBe(0);
    await surfer.close();
  });
});
