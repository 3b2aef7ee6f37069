import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

describe('traceability', () => {
  it('house: every row of the issue has a test or a reason to wait, and the README says so', async () => {
    const script = resolve(import.meta.dirname, '../scripts/traceability.mjs');
    const run = promisify(execFile)(process.execPath, [script, '--check'], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await expect(run).resolves.toMatchObject({ stderr: '' });
  });
});
