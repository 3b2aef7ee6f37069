#!/usr/bin/env node
import { pathToFileURL } from 'node:url';
import { askForCode, connect, waitForUser } from './device.mjs';
import { readOptions, USAGE } from './options.mjs';
import { Screen } from './screen.mjs';
import { explain } from './trouble.mjs';

const INTERRUPTED = 130;

/**
 * Signs a person in on another screen.
 *
 * @param {string[]} args
 * @param {NodeJS.WriteStream} out
 * @param {AbortSignal} signal
 * @returns {Promise<number>} the exit code
 */
export async function main(args, out, signal) {
  const screen = new Screen(out);
  const options = readOptions(args);
  if ('problem' in options) {
    screen.trouble(`${options.problem}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    screen.say(USAGE);
    return 0;
  }
  try {
    const config = await connect(options);
    const asked = await askForCode(config, options.scope);
    screen.showCode(asked.reply, { qr: options.qr });
    const stopWaiting = screen.wait(asked.reply.expires_in);
    try {
      const result = await waitForUser(config, asked, signal);
      stopWaiting();
      screen.showResult(result);
      return 0;
    } finally {
      stopWaiting();
    }
  } catch (error) {
    if (signal.aborted) {
      screen.say('Stopped. This device got nothing.');
      return INTERRUPTED;
    }
    screen.trouble(explain(error, options));
    return 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interrupt.abort());
  process.exitCode = await main(process.argv.slice(2), process.stdout, interrupt.signal);
}
