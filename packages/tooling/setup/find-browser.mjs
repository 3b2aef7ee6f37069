import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const PLACES = [
  '/usr/lib/chromium/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The Chromium that the browser tests drive: CHROMIUM_BIN, else the PATH, else the usual places; undefined when there
 * is none.
 *
 * @throws SetupError when CHROMIUM_BIN names something that can't be run
 */
export function findBrowser(env = process.env) {
  if (env.CHROMIUM_BIN) {
    if (isExecutable(env.CHROMIUM_BIN)) return env.CHROMIUM_BIN;
    throw new SetupError(`CHROMIUM_BIN is ${env.CHROMIUM_BIN}, which can't be run.`);
  }
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((directory) => NAMES.map((name) => join(directory, name)));
  return [...onPath, ...PLACES].find(isExecutable);
}

/** Whether a page's text can be drawn with real letters; Debian's Chromium comes without any font. */
export function hasFonts() {
  if (process.platform !== 'linux') return true;
  return ['/usr/share/fonts/truetype', '/usr/share/fonts/opentype', '/usr/local/share/fonts'].some(existsSync);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
