import type { Browser } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { cibaTenant, Till } from './support/ciba.js';
import { ADA, type Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { target } from './support/target.js';

describe('the approvals page in a real browser', () => {
  let tenant: Tenant;
  let till: Till;
  let browser: Browser;
  const open: Surfer[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    tenant = await cibaTenant();
    till = new Till(tenant.app('till'));
  });
  afterEach(async () => {
    for (const surfer of open.splice(0)) {
      expect(surfer.complaints).toEqual([]);
      await surfer.close();
    }
  });
  afterAll(() => browser.close());

  /** Somebody signed on, at the page. */
  async function visit(options: Parameters<typeof Surfer.open>[1] = {}): Promise<Surfer> {
    const surfer = await Surfer.open(browser, options);
    open.push(surfer);
    await surfer.page.goto(`${target.baseUrl}/${tenant.id}/approvals`);
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.page.waitForURL('**/approvals');
    return surfer;
  }
  const ask = (binding_message: string) => till.ask({ login_hint: ADA.username, binding_message });

  it.each([
    ['desktop', {}],
    ['phone', { viewport: { width: 360, height: 740 } }],
    ['no JavaScript', { javaScriptEnabled: false }],
  ])(
    'B12 AZ-10 AZ-11 (%s) sign on, read, allow: the page broke no policy, and the till has its tokens',
    async (_, options) => {
      const asked = await ask('Till 4 · 17,20 €');
      const { page } = await visit(options);
      expect(await page.getByRole('heading', { name: 'An app is waiting for you' }).count()).toBe(1);
      expect(await page.getByText('Till 4 · 17,20 €').isVisible()).toBe(true);
      const [allow, deny] = ['Allow', 'Deny'].map((name) => page.getByRole('button', { name }));
      const [one, other] = [await allow?.boundingBox(), await deny?.boundingBox()];
      expect([one?.width, one?.height]).toEqual([other?.width, other?.height]);
      const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
      expect(wide).toBe(false);
      await allow?.click();
      await page.getByText('You allowed it for Corner Shop').waitFor();
      expect((await till.poll(asked)).status).toBe(200);
    },
  );

  it('B12 a request that comes while the page is open shows up by itself, and is denied with the keyboard', async () => {
    const { page } = await visit();
    await page.getByText('Nothing waits for you').waitFor();
    const asked = await ask('came later');
    await page.getByText('came later').waitFor({ timeout: 45_000 });
    const focused = () => page.evaluate('document.activeElement.textContent');
    for (let presses = 0; presses < 12 && (await focused()) !== 'Deny'; presses += 1) await page.keyboard.press('Tab');
    expect(await focused()).toBe('Deny');
    await page.keyboard.press('Enter');
    await page.getByText('You denied it to Corner Shop').waitFor();
    const polled = await eventually(
      () => till.poll(asked),
      ({ error }) => error === 'access_denied',
    );
    expect(polled.error).toBe('access_denied');
  });

  it('AZ-11 what a client says is text on the page, never markup', async () => {
    const evil = '"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
    const asked = await ask(evil);
    const { page } = await visit();
    expect(await page.getByText(evil).isVisible()).toBe(true);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('You denied it').waitFor();
    expect((await till.poll(asked)).error).toBe('access_denied');
  });
});
