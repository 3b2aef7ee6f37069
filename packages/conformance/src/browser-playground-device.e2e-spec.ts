import type { Browser } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { withDevices } from './support/device.js';
import { ADA, Tenant } from './support/environments.js';
import { Playground, stepIn, tabTo } from './support/playground.js';
import { target } from './support/target.js';

describe('the playground’s device', () => {
  let browser: Browser;
  let playground: Playground;
  let tenant: Tenant;
  const open: Surfer[] = [];

  beforeAll(async () => {
    playground = await Playground.create();
    tenant = await Tenant.create((file) => {
      withDevices(file);
      for (const client of file.clients) {
        if (client.id === 'tv') Object.assign(client, { allowedOrigins: [playground.origin] });
        if (client.id === 'tv') client.device = { refresh: true, interval: 1 };
      }
    });
    [browser] = await Promise.all([openBrowser(), playground.start(tenant.issuer, { DEVICE_CLIENT: 'tv' })]);
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

  /** The television, once it shows its code. */
  async function television(options: Parameters<typeof Surfer.open>[1] = {}) {
    const { page } = await somebody(options);
    await page.goto(`${playground.origin}/?flow=device`);
    await page.locator('#start').click();
    const code = await page.locator('[data-testid="user-code"]').textContent();
    return { page, code: code ?? '' };
  }

  /** Somebody with a browser of their own signs on, enters the code and decides. */
  async function decide(code: string, button: 'Allow' | 'Refuse'): Promise<void> {
    const surfer = await somebody();
    await surfer.page.goto(`${target.baseUrl}/${tenant.id}/device`);
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.page.getByLabel('Code on your device').fill(code);
    await surfer.page.getByRole('button', { name: 'Continue' }).click();
    await surfer.page.getByRole('button', { name: button }).click();
    await surfer.page
      .getByText(button === 'Allow' ? 'Your device is connected' : 'You refused the device')
      .first()
      .waitFor();
  }

  it.each([
    ['desktop', {}],
    ['phone', { viewport: { width: 390, height: 800 } }],
  ])(
    'RFC 8628 §1 D2 (%s) it shows code and QR, waits, and has tokens once they are allowed elsewhere',
    async (_, options) => {
      const { page, code } = await television(options);
      expect(code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
      const link = await page.locator('#verify').getAttribute('href');
      expect(link).toBe(`${target.baseUrl}/${tenant.id}/device?user_code=${code}`);
      await page.getByRole('img', { name: `QR code of ${link}` }).waitFor();
      expect(await page.locator('[data-testid="waiting"][data-status="pending"]').count()).toBe(1);
      await page.getByText('authorization_pending').first().waitFor();
      const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
      expect(wide).toBe(false);
      await decide(code, 'Allow');
      await stepIn(page, 'userinfo', 'done').waitFor();
      await page.locator('[data-testid="waiting"][data-status="approved"]').waitFor();
      for (const token of ['access-token', 'id-token']) {
        await page.locator(`[data-testid="${token}"][data-verified="true"]`).waitFor({ state: 'attached' });
      }
      expect(await page.locator('[data-testid="step-userinfo"]').textContent()).toContain('Ada Lovelace');
      // The code is of no more use to anybody.
      expect(await page.locator('[data-testid="user-code"]').count()).toBe(0);
      await page.locator('#refresh').click();
      await page.locator('[data-testid="rotation"][data-rotated="true"]').waitFor({ state: 'attached' });
    },
  );

  it('D4 a no is told as access_denied, and nothing came of it', async () => {
    const { page, code } = await television();
    await decide(code, 'Refuse');
    await page.locator('[data-testid="error"][data-error="access_denied"]').waitFor();
    await page.locator('[data-testid="waiting"][data-status="refused"]').waitFor();
    expect(await stepIn(page, 'tokens', 'idle').count()).toBe(1);
  });

  it('D1 a scope the client has not is told in words, and the form is still there', async () => {
    const { page } = await somebody();
    await page.goto(`${playground.origin}/?flow=device`);
    await page.locator('#scope').fill('nonsense');
    await page.locator('#start').click();
    await page.locator('[data-testid="error"][data-error="invalid_scope"]').waitFor();
    await page.locator('#scope').fill('openid');
    await page.locator('#start').click();
    await page.locator('[data-testid="user-code"]').waitFor();
  });

  it('house: with the keyboard alone, from the first tab to the code', async () => {
    const { page } = await somebody({ viewport: { width: 390, height: 800 } });
    await page.goto(`${playground.origin}/`);
    await page.locator('#start').waitFor();
    await tabTo(page, '[data-flow="device"]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?flow=device');
    expect(await page.locator('#tabs [aria-current="page"]').textContent()).toBe('Device');
    await page.locator('#start').waitFor();
    await tabTo(page, '#start');
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="user-code"]').waitFor();
    await tabTo(page, '#verify');
  });
});
