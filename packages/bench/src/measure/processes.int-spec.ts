import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuOf, memoryOf } from './processes.js';

const BUSY =
  'for (const end = Date.now() + 600; Date.now() < end; ); console.log("done"); setInterval(() => {}, 1_000)';

describe('what processes use', () => {
  it('house: its own processor time and memory, and apart those of what it started', async () => {
    const parent = spawn(process.execPath, [
      '-e',
      `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(BUSY)}], { stdio: ['ignore', 'inherit', 'inherit'] });
       process.on('SIGTERM', () => { child.kill('SIGKILL'); process.exit(); });
       setInterval(() => {}, 1_000);`,
    ]);
    try {
      await once(parent.stdout, 'data');
      const { own, children } = cpuOf(parent.pid ?? 0);
      expect(children).toBeGreaterThan(0.2);
      expect(own).toBeLessThan(children);
      const memory = memoryOf(parent.pid ?? 0);
      expect(memory.own).toBeGreaterThan(20);
      expect(memory.children).toBeGreaterThan(5);
    } finally {
      const gone = once(parent, 'exit');
      parent.kill('SIGTERM');
      await gone;
    }
  });

  it('house: a process that is gone counts nothing', () => {
    expect(cpuOf(999_999_999)).toEqual({ own: 0, children: 0 });
  });
});
