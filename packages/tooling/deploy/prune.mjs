import { resolve } from 'node:path';
import { SetupError } from '../setup/say.mjs';
import { writeProductionTree } from './production-tree.mjs';

// What goes into an app's image: `node packages/tooling/deploy/prune.mjs token /app`. The repository must be installed and built.

const root = resolve(import.meta.dirname, '../../..');
const [app, out, ...more] = process.argv.slice(2);

if (!app || !out || more.length > 0) {
  console.error('node packages/tooling/deploy/prune.mjs APP FOLDER');
  process.exit(2);
}
try {
  const { rooms, packages } = writeProductionTree(root, app, resolve(out));
  console.log(`${app}: ${rooms.length} rooms, ${packages.length} packages`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}
