import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which statement of a process ends it, counted from the arming on, and whether PostgreSQL gets it first. */
export interface Failpoint {
  readonly at: number;
  readonly when: 'before' | 'after';
}

// From `src` (our own specs) the compiled file is used too: plain Node can't load TypeScript.
const PRELOAD = new URL('../../dist/failpoints/preload.js', import.meta.url).href;
const NAME = 'failpoint.json';

/**
 * Ends a service process with SIGKILL right before or right after one of its statements: after the artifact was looked up, before the
 * commit, after the commit and before the answer. Whoever reaches the armed statement first takes the file away and dies.
 */
export const FAILPOINTS = {
  /** What a process has to be started with. */
  env: (folder: string): Record<string, string> => ({
    NODE_OPTIONS: `--import ${PRELOAD}`,
    CHAOS_FAILPOINT: join(folder, NAME),
  }),

  arm(file: string, failpoint: Failpoint): void {
    writeFileSync(file, JSON.stringify({ ...failpoint, id: Math.random() }));
  },

  /** @returns whether nobody had reached it */
  disarm(file: string): boolean {
    const isThere = existsSync(file);
    rmSync(file, { force: true });
    return isThere;
  },

  file: (folder: string): string => join(folder, NAME),
};
