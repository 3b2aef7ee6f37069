import type { Browser, BrowserContextOptions } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { Device, deviceTenant } from './support/device.js';
import { ADA, type Tenant } from './support/environments.js';

describe('a device is let in from a real browser', () => {
  let tenant: Tenant;
  let tv: Device;
  let browser: Browser;
  const open: Surfer[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    tenant = await deviceTenant();
    tv = new Device(tenant.app('tv'));
  });
  afterEach(async () => {
    for (const surfer of open.splice(0)) {
      expect(surfer.complaints).toEqual([]);
      await surfer.close();
    }
  });
  afterAll(() => browser.close());

  async function surf(options: Parameters<typeof Surfer.open>[1] = {}): Promise<Surfer> {
    const surfer = await Surfer.open(browser, options);
    open.push(surfer);
    return surfer;
  }
  const fits = ({ page }: Surfer) => page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');

  it.each<[string, BrowserContextOptions]>([
    ['on a telephone', { viewport: { width: 320, height: 640 } }],
    ['on a desk, without JavaScript', { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false }],
  ])('D6 DV-05 with the keyboard alone, %s', async (_where, options) => {
    const started = await tv.start();
    const surfer = await surf(options);
    const { page } = surfer;
    const { keyboard } = page;
    const press = async (name: string) => {
      const button = page.getByRole('button', { name, exact: true });
      await button.waitFor();
      for (let presses = 0; presses < 20; presses += 1) {
        if ((await page.locator('button:focus').allTextContents()).includes(name)) break;
        await keyboard.press('Tab');
      }
      expect(await page.locator('button:focus').allTextContents()).toEqual([name]);
      await keyboard.press('Enter');
    };

    await page.goto(started.verification_uri);
    await page.waitForSelector('[name="username"]:focus');
    if (options.javaScriptEnabled !== false) expect(await fits(surfer)).toBe(true);
    await keyboard.type(ADA.username);
    await keyboard.press('Tab');
    await keyboard.type(ADA.password);
    await keyboard.press('Enter');

    await page.waitForSelector('[name="userCode"]:focus');
    await keyboard.type('wrng wrng');
    await keyboard.press('Enter');
    await page.getByText('No device is waiting').waitFor();
    await page.waitForSelector('[name="userCode"]:focus');
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type(started.user_code.toLowerCase().replace('-', ' '));
    await keyboard.press('Enter');

    await page.getByText('in front of you').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Living-room TV');
    expect(await page.getByText(started.user_code).count()).toBe(1);
    const [allow, refuse] = await Promise.all(
      ['Allow', 'Refuse'].map((name) => page.getByRole('button', { name, exact: true }).boundingBox()),
    );
    expect([allow?.width, allow?.height]).toEqual([refuse?.width, refuse?.height]);
    await press('Allow');
    await page.getByText('Your device is connected').waitFor();
    expect((await tv.poll(started)).status).toBe(200);
  });

  it('D8 refused', async () => {
    const started = await tv.start();
    const { page, ...surfer } = await surf();
    await page.goto(started.verification_uri_complete ?? '');
    await page.getByLabel('Username').fill(ADA.username);
    await page.getByLabel('Password').fill(ADA.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByLabel('Code on your device').inputValue()).toBe(started.user_code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('You refused the device').waitFor();
    expect((await tv.poll(started)).error).toBe('access_denied');
    expect(surfer.complaints).toEqual([]);
  });
});
