import type { Browser } from 'playwright-core';
import { openBrowser, Surfer } from './support/browser.js';
import { ADA, Tenant } from './support/environments.js';
import { Playground, stepIn as step } from './support/playground.js';
import { target } from './support/target.js';

/** By itself from another origin in both modes; mounted where the server mounts it. */
const PLACES = target.mode === 'standalone' ? ['by itself', 'at /playground'] : ['by itself'];

describe('the playground, a relying party in the browser', () => {
  let browser: Browser;
  let alone: Playground;

  beforeAll(async () => {
    alone = await Playground.create();
    // The mounted one is made for the environment `demo`; the other takes any.
    await Tenant.create((file) => {
      file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'];
      const spa = file.clients.find(({ id }) => id === 'spa') as (typeof file.clients)[0];
      const redirectUris = [`${alone.origin}/callback`, `${target.baseUrl}/playground/callback`];
      const playground = { ...spa, redirectUris, allowedOrigins: [alone.origin] };
      file.clients.push(
        { ...playground, id: 'playground' },
        {
          ...playground,
          id: 'playground-front',
          grantTypes: ['authorization_code', 'refresh_token', 'implicit'],
          responseTypes: ['code', 'id_token', 'code id_token'],
        },
      );
    }, 'demo');
    [browser] = await Promise.all([openBrowser(), alone.start(`${target.baseUrl}/demo/as`)]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([browser.close(), alone.stop()]);
  });

  const addressOf = (place: string) => (place === 'by itself' ? `${alone.origin}/` : `${target.baseUrl}/playground`);

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

  it('P1 P3 the request is pushed first, and the browser carries a reference alone', async () => {
    const surfer = await Surfer.open(browser);
    const { page } = surfer;
    const visited: string[] = [];
    page.on('request', (request) => {
      if (request.isNavigationRequest()) visited.push(request.url());
    });
    await page.goto(addressOf('by itself'));
    await page.locator('#push').check();
    await page.locator('#prompt').selectOption('consent');
    await page.locator('#start').click();
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.allow();
    await step(page, 'userinfo', 'done').waitFor();
    const asked = visited.map((url) => new URL(url)).find(({ pathname }) => pathname.endsWith('/as/authorize'));
    expect([...(asked?.searchParams.keys() ?? [])].sort()).toEqual(['client_id', 'request_uri']);
    expect(surfer.complaints).toEqual([]);
    await surfer.close();
  });

  it.each([
    ['H3', 'code id_token', 'done'],
    ['I4', 'id_token', 'idle'],
  ])('%s %s: the ID token in the answer is verified', async (_row, type, tokens) => {
    const surfer = await Surfer.open(browser);
    const { page } = surfer;
    await page.goto(addressOf('by itself'));
    await page.locator('#response_type').selectOption(type);
    await page.locator('#scope').fill('openid profile');
    await page.locator('#prompt').selectOption('consent');
    await page.locator('#start').click();
    await surfer.signOn(ADA.username, ADA.password);
    await surfer.allow();
    await step(page, 'redirect', 'done').waitFor();
    await step(page, 'tokens', tokens).waitFor();
    await page.locator('[data-testid="step-redirect"] [data-testid="id-token"][data-verified="true"]').waitFor();
    expect(page.url()).not.toContain('id_token');
    expect(surfer.complaints).toEqual([]);
    await surfer.close();
  });
});
