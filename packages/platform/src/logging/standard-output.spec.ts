import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StandardOutput } from './standard-output.js';

function house() {
  const written: string[] = [];
  return { written, output: new StandardOutput({ write: (lines) => void written.push(lines) }) };
}

describe('StandardOutput', () => {
  it('house: lines of a moment leave in one write, in order', async () => {
    const { written, output } = house();
    for (const line of ['one\n', 'two\n']) output.write(line);
    expect(written).toEqual([]);
    await sleep(60);
    expect(written).toEqual(['one\ntwo\n']);
    output.write('three\n');
    await sleep(60);
    expect(written).toEqual(['one\ntwo\n', 'three\n']);
  });

  it('house: many lines do not wait', () => {
    const { written, output } = house();
    for (let n = 0; n < 1_000; n++) output.write(`${'a'.repeat(99)}\n`);
    expect(written.join('').length).toBeGreaterThan(60_000);
    output.flushSync();
    expect(written.join('')).toHaveLength(100_000);
  });

  it('house: nothing waiting is nothing written', () => {
    const { written, output } = house();
    output.flushSync();
    output.write('one\n');
    output.flushSync();
    output.flushSync();
    expect(written).toEqual(['one\n']);
  });

  it.each([
    ['it exits', 'process.exit(0)'],
    ['it has nothing more to do', ''],
    ['something is not caught', 'throw new Error("a bug")'],
    ['something else is rejected', 'Promise.reject(new Error("a bug"))'],
  ])('house: no line is lost when %s', (_, end) => {
    const logger = fileURLToPath(new URL('../../dist/logging/logger.js', import.meta.url));
    const script = `
      import { createLogger } from ${JSON.stringify(logger)};
      for (let n = 0; n < 500; n++) createLogger('pot', 'info').info({ n }, 'boiled');
      ${end}`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual(
      Array.from({ length: 500 }, (_, n) => n),
    );
  });
});
