import { readFileSync } from 'node:fs';
import { describeConfig } from '@grantway/platform';
import { GrantHostConfig } from './grant-host.config.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the manual', () => {
  it.each(describeConfig(GrantHostConfig).map((row) => [row.variable, row] as const))(
    'house: README.md explains %s',
    (variable, row) => {
      const standard = row.default ? `\`${row.default}\`` : '';
      expect(readme).toContain(`| \`${variable}\` | ${standard} | ${row.meaning} |`);
    },
  );
});
