import { resolve } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { SetupError } from './say.mjs';
import { ensureTestNeeds } from './test-needs.mjs';

const root = resolve(import.meta.dirname, '../../..');

/** Installs, builds and finds what is missing; on failure says why and ends the process with 1. */
export async function prepare({ forTests }) {
  try {
    await install(root);
    await build(root);
    if (forTests) await ensureTestNeeds();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (error.output) console.error(`\n${error.output.trim()}\n`);
    console.error(error.message);
    process.exit(1);
  }
}
