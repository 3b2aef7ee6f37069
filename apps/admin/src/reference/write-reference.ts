import { readFile, writeFile } from 'node:fs/promises';
import { withReference } from './reference.js';

const MANUAL = new URL('../../../../docs/environment-files.md', import.meta.url);

await writeFile(MANUAL, withReference(await readFile(MANUAL, 'utf8')));
