import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  ...['--disable-sync', '--disable-extensions', '--no-first-run'],
];

/** A real Chromium without a window: CHROMIUM_BIN, which the test stack sets to the one of this machine. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_BIN'];
  if (!executablePath) throw new Error('no Chromium: set CHROMIUM_BIN, or run the suite with npm test');
  return chromium.launch({ executablePath, args: FLAGS });
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
