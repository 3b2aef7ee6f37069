import type { Browser, Page } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { aTill, withTills } from './support/ciba.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { Playground, stepIn, tabTo } from './support/playground.js';
import { target } from './support/target.js';

describe('the playground’s call centre', () => {
  let browser: Browser;
  let playground: Playground;
  let tenant: Tenant;
  const open: Surfer[] = [];

  beforeAll(async () => {
    playground = await Playground.create();
    tenant = await Tenant.create((file) => {
      withTills(file);
      file.lifetimes = { backchannelInterval: 1 };
      // Somebody's scripts may read the metadata and userinfo: the page has no other business with the issuer.
      file.clients.push(aTill(file, { id: 'callcenter', allowedOrigins: [playground.origin] }));
    });
    [browser] = await Promise.all([
      openBrowser(),
      playground.start(tenant.issuer, { CIBA_CLIENT: `callcenter:${SECRET}` }),
    ]);
  }, 120_000);
  afterEach(async () => {
    for (const surfer of open.splice(0)) {
      expect(surfer.complaints).toEqual([]);
      await surfer.close();
    }
  });
  afterAll(async () => {
    await Promise.all([browser.close(), playground.stop()]);
  });

  async function somebody(options: Parameters<typeof Surfer.open>[1] = {}): Promise<Surfer> {
    const surfer = await Surfer.open(browser, options);
    open.push(surfer);
    return surfer;
  }

  /** The call centre, once it waits. @returns everything its page was sent, too */
  async function callCentre(message: string, options: Parameters<typeof Surfer.open>[1] = {}) {
    const { page } = await somebody(options);
    const received: Promise<string>[] = [];
    page.on('response', (response) => received.push(response.text().catch(() => '')));
    await page.goto(`${playground.origin}/?flow=ciba`);
    await page.locator('#binding_message').fill(message);
    await page.locator('#start').click();
    await page.locator('[data-testid="waiting"][data-status="pending"]').waitFor();
    return { page, received };
  }

  /** The person decides in a browser of their own, at the address they were told. */
  async function decide(page: Page, message: string, button: 'Allow' | 'Deny'): Promise<void> {
    const address = await page.locator('#approvals').getAttribute('href');
    expect(address).toBe(`${target.baseUrl}/${tenant.id}/approvals`);
    const surfer = await somebody();
    await surfer.page.goto(address ?? '');
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.page.getByText(message).waitFor();
    await surfer.page.getByRole('button', { name: button }).click();
    await surfer.page.getByText(button === 'Allow' ? 'You allowed it' : 'You denied it').waitFor();
  }

  it.each([
    ['desktop', {}],
    ['phone', { viewport: { width: 390, height: 800 } }],
  ])(
    'CIBA §10.1 B9 (%s) it waits, and the approval arrives with tokens; no secret reached the page',
    async (what, options) => {
      const message = `Call about the ${what}`;
      const { page, received } = await callCentre(message, options);
      expect(await page.locator('[data-testid="binding-message"]').textContent()).toBe(message);
      await page.getByText('authorization_pending').first().waitFor();
      const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
      expect(wide).toBe(false);
      await decide(page, message, 'Allow');
      await stepIn(page, 'userinfo', 'done').waitFor();
      await page.locator('[data-testid="waiting"][data-status="approved"]').waitFor();
      for (const token of ['access-token', 'id-token']) {
        await page.locator(`[data-testid="${token}"][data-verified="true"]`).waitFor({ state: 'attached' });
      }
      expect(await page.locator('[data-testid="step-userinfo"]').textContent()).toContain('Ada Lovelace');
      const all = (await Promise.all(received)).join('\n');
      expect(all).toContain('auth_req_id');
      for (const secret of [SECRET, btoa(`callcenter:${SECRET}`)]) expect(all).not.toContain(secret);
    },
  );

  it('B9 a no is told as access_denied, and nothing came of it', async () => {
    const { page } = await callCentre('Call me never');
    await decide(page, 'Call me never', 'Deny');
    await page.locator('[data-testid="error"][data-error="access_denied"]').waitFor();
    await page.locator('[data-testid="waiting"][data-status="refused"]').waitFor();
    expect(await stepIn(page, 'tokens', 'idle').count()).toBe(1);
  });

  it('B2 somebody unknown is told in words, and the form is still there, for the keyboard too', async () => {
    const { page } = await somebody();
    await page.goto(`${playground.origin}/?flow=ciba`);
    await page.locator('#login_hint').fill('nobody');
    await tabTo(page, '#start');
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="error"][data-error="unknown_user_id"]').waitFor();
    await page.locator('#login_hint').fill(ADA.username);
    await tabTo(page, '#start');
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="waiting"][data-status="pending"]').waitFor();
    await tabTo(page, '#approvals');
  });
});
