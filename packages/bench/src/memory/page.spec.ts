import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '@grantway/local-services';
import { differencesOf, PROCESSES, rowsOf, tableOf, withRows } from './page.js';

const ROWS = [
  { process: 'token', idle: 140, loaded: 210 },
  { process: 'its PostgreSQL', idle: 50, loaded: 90 },
];
const PAGE = ['before', '', ...tableOf(ROWS), '', 'after'].join('\n');

describe('the memory table of docs/operating.md', () => {
  it('house: is on the page, with every process there is', async () => {
    const rows = rowsOf(await readFile(join(repositoryRoot, 'docs/operating.md'), 'utf8'));
    expect(rows.map(({ process }) => process)).toEqual(PROCESSES);
    expect(rows.filter(({ idle, loaded }) => !(idle > 0 && loaded >= idle))).toEqual([]);
  });

  it('house: is read as it is written, and written anew in its place', () => {
    expect(rowsOf(PAGE)).toEqual(ROWS);
    const changed = [{ process: 'token', idle: 141.4, loaded: 209.6 }];
    expect(withRows(PAGE, changed).split('\n')).toEqual(['before', '', ...tableOf(changed), '', 'after']);
    expect(() => rowsOf('no table')).toThrow('no table');
  });

  it('house: a process more or less is a difference, and so is a figure that moved by a lot', () => {
    expect(differencesOf(ROWS, ROWS)).toEqual([]);
    expect(differencesOf(ROWS.slice(1), ROWS)).toEqual([
      'the page has its PostgreSQL; measured were token, its PostgreSQL',
    ]);
    const grown = ROWS.map((row) => ({ ...row, loaded: row.loaded * 1.5 }));
    expect(differencesOf(ROWS, grown)).toEqual([
      'token, loaded: 315 MB where the page says 210',
      'its PostgreSQL, loaded: 135 MB where the page says 90',
    ]);
  });
});
