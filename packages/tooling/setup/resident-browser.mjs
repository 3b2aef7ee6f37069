import { once } from 'node:events';
import { createServer } from 'node:http';

/** In each window anew an address bar that is a page of its own, and a process for the next page: half of what a window costs. */
const UNUSED = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'SpareRendererForSitePerProcess'];
/** Playwright's own (its chromiumSwitches.ts): of two such flags Chromium reads the last. */
const UNWANTED_BY_PLAYWRIGHT = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'LensOverlay'],
  ...['HttpsFirstBalancedModeAutoEnable', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled'],
  ...['PreconnectToSearch'],
];

/**
 * One Chromium for every spec that drives one: starting it took a good part of the suite's time. It starts when the first spec
 * asks, so that a run without such specs has none; specs keep to browser contexts of their own.
 *
 * @param executablePath the browser; undefined where there is none, which is said to whoever asks
 * @returns the address that answers with what Playwright is to connect to
 */
export async function residentBrowser(executablePath) {
  let starting;
  const start = async () => {
    if (!executablePath) throw new Error('no Chromium: install it, or set CHROMIUM_BIN');
    const { chromium } = await import('playwright-core');
    const browser = await chromium.launchServer({
      executablePath,
      host: '127.0.0.1',
      args: ['--disable-gpu', `--disable-features=${[...UNWANTED_BY_PLAYWRIGHT, ...UNUSED].join(',')}`],
      // Who runs the suite ends it, and has more to clean up.
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    });
    // One that crashed is started again for who asks next.
    browser.once('close', () => {
      starting = undefined;
    });
    return browser;
  };

  const server = createServer(async (_request, response) => {
    starting ??= start();
    try {
      response.end((await starting).wsEndpoint());
    } catch (error) {
      starting = undefined;
      response.writeHead(500).end(error.message);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await (await starting?.catch(() => undefined))?.kill();
    },
  };
}
