import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@grantway/local-services';
import type { Storage } from './database.js';

const REVIEWED = join(repositoryRoot, 'packages/persistence/golden/statements.sql');

/** What no door does yet is done by the store's own statement, as it was reviewed, so that the tests mean the product. */
export async function runStatement(storage: Storage, name: string, values: unknown[]): Promise<void> {
  const text = new RegExp(`^-- ${name}\\n(.+?);\\n(?:\\n|$)`, 'ms').exec(readFileSync(REVIEWED, 'utf8'))?.[1];
  if (!text) throw new Error(`no statement ${name} in ${REVIEWED}`);
  await storage.rows(text, values);
}
