import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allStatements, statement } from './database/statement.js';
import './persistence.module.js';

const golden = fileURLToPath(new URL('../golden/statements.sql', import.meta.url));

describe('hot statements', () => {
  it('design §4 are as they were reviewed (GOLDEN_UPDATE=1 refreshes golden/statements.sql)', () => {
    const now = allStatements()
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ name, text }) => `-- ${name}\n${text};\n`)
      .join('\n');
    if (process.env['GOLDEN_UPDATE'] === '1') writeFileSync(golden, now);
    expect(now).toBe(readFileSync(golden, 'utf8'));
  });

  it('house: two cannot have one name', () => {
    expect(() => statement('code_find', 'SELECT 1')).toThrow('two statements are named code_find');
  });
});
