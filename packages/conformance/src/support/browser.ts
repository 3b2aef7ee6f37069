import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** The run's one real Chromium, without a window. What is opened in it is one's own; to close it is to leave it. */
export async function openBrowser(): Promise<Browser> {
  const url = process.env['GRANTWAY_TEST_BROWSER_URL'];
  if (!url) throw new Error('no Chromium: run the suite with npm test');
  const answer = await fetch(url);
  const endpoint = await answer.text();
  if (!answer.ok) throw new Error(endpoint);
  return chromium.connect(endpoint);
}

/** Somebody at a browser of their own: cookies, tabs, and what the browser had to complain about. */
export class Surfer {
  /** What the pages' policies forbade, and script errors; nothing of ours may cause any. */
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<Surfer> {
    const context = await browser.newContext(options);
    const surfer = new Surfer(context, await context.newPage());
    context.on('console', (message) => {
      if (/content security policy|refused to/i.test(message.text())) surfer.complaints.push(message.text());
    });
    context.on('weberror', (error) => void surfer.complaints.push(String(error.error())));
    return surfer;
  }

  async signOn(username: string, password: string): Promise<void> {
    await this.page.getByLabel('Username').fill(username);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async allow(): Promise<void> {
    await this.page.getByRole('button', { name: 'Allow' }).click();
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
