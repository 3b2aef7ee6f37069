import { join } from 'node:path';
import { freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { ADA, Tenant } from './support/environments.js';
import { target } from './support/target.js';

/** By itself from another origin in both modes; mounted where the server mounts it. */
const PLACES = target.mode === 'standalone' ? ['by itself', 'at /playground'] : ['by itself'];

describe('the playground, a relying party in the browser', () => {
  let browser: Browser;
  let alone: ManagedProcess;
  let origin: string;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    // The mounted one is made for the environment `demo`; the other takes any.
    await Tenant.create((file) => {
      const spa = file.clients.find(({ id }) => id === 'spa') as (typeof file.clients)[0];
      const redirectUris = [`${origin}/callback`, `${target.baseUrl}/playground/callback`];
      file.clients.push({ ...spa, id: 'playground', redirectUris, allowedOrigins: [origin] });
    }, 'demo');
    alone = new ManagedProcess({
      name: 'playground',
      script: join(repositoryRoot, 'examples/relying-party/server/main.js'),
      readyUrl: `${origin}/`,
      env: { PORT: String(port), ISSUER: `${target.baseUrl}/demo/as`, CLIENT_ID: 'playground' },
      ownGroup: false,
    });
    [browser] = await Promise.all([openBrowser(), alone.start()]);
  }, 40_000);
  afterAll(async () => {
    await Promise.all([browser.close(), alone.stop()]);
  });

  const step = (page: Page, name: string, state: string) =>
    page.locator(`[data-testid="step-${name}"][data-state="${state}"]`);
  const addressOf = (place: string) => (place === 'by itself' ? `${origin}/` : `${target.baseUrl}/playground`);

  it.each(PLACES)('HT-04 %s: sign in, allow, tokens verified, userinfo, refresh rotated', async (place) => {
    const surfer = await Surfer.open(browser);
    const { page } = surfer;
    await page.goto(addressOf(place));
    await page.locator('#start').click();
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.allow();
    await step(page, 'userinfo', 'done').waitFor();
    for (const name of ['request', 'redirect', 'tokens']) expect(await step(page, name, 'done').count()).toBe(1);
    const tokens = page.locator('[data-testid="step-tokens"]');
    for (const token of ['access-token', 'id-token']) {
      await tokens.locator(`[data-testid="${token}"][data-verified="true"]`).waitFor({ state: 'attached' });
    }
    expect(await page.locator('[data-testid="step-userinfo"]').textContent()).toContain('Ada Lovelace');
    // The code does not stay in the address bar.
    expect(page.url()).not.toContain('code=');
    await page.locator('#refresh').click();
    await step(page, 'refresh', 'done').waitFor();
    await page.locator('[data-testid="rotation"][data-rotated="true"]').waitFor({ state: 'attached' });
    expect(surfer.complaints).toEqual([]);
    await surfer.close();
  });

  it.each(PLACES)('A5 %s: Cancel is told as access_denied, and it can be tried again', async (place) => {
    const surfer = await Surfer.open(browser);
    const { page } = surfer;
    await page.goto(addressOf(place));
    await page.locator('#start').click();
    await surfer.signOn(ADA.username, ADA.password);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('[data-testid="error"][data-error="access_denied"]').waitFor();
    expect(surfer.complaints).toEqual([]);
    await surfer.close();
  });
});
