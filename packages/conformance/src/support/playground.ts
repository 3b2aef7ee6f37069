import { join } from 'node:path';
import { freePort, ManagedProcess, repositoryRoot } from '@grantway/local-services';
import type { Locator, Page } from 'playwright-core';

/** examples/relying-party by itself, on an origin of its own. */
export class Playground {
  #process: ManagedProcess | undefined;

  private constructor(readonly port: number) {}

  static async create(): Promise<Playground> {
    return new Playground(await freePort());
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** @param roles as its README names them, `CIBA_CLIENT: 'id:secret'` */
  async start(issuer: string, roles: Record<string, string> = {}): Promise<void> {
    this.#process = new ManagedProcess({
      name: 'playground',
      script: join(repositoryRoot, 'examples/relying-party/server/main.js'),
      readyUrl: `${this.origin}/`,
      env: { PORT: String(this.port), ISSUER: issuer, ...roles },
      ownGroup: false,
    });
    await this.#process.start();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }
}

/** A step of the timeline in a state. */
export function stepIn(page: Page, name: string, state: string): Locator {
  return page.locator(`[data-testid="step-${name}"][data-state="${state}"]`);
}

/** Presses Tab until the element has the focus. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  const reached = () => page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`);
  for (let presses = 0; presses < 40 && !(await reached()); presses += 1) await page.keyboard.press('Tab');
  if (!(await reached())) throw new Error(`the keyboard does not reach ${selector}`);
}
