import { resolve } from 'node:path';

/** The top of this clone: the same from `src` (tests) and from `dist`. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');
