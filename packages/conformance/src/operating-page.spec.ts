import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@grantway/local-services';
import { parse } from 'yaml';

const page = readFileSync(join(repositoryRoot, 'docs/operating.md'), 'utf8');
const ALERTS = join(repositoryRoot, 'deploy/observability/alerts.yaml');

/** Variables that tests, examples and tools of development read; nobody sets them in an installation. */
const NOT_OF_A_SERVICE = /^(?:GRANTWAY_TEST|MISBEHAVE)/;

/** Every source file of the services and of what they are made of. */
function sources(): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return walk(path);
      return name.endsWith('.ts') && !name.endsWith('spec.ts') ? [path] : [];
    });
  return ['apps', 'packages']
    .flatMap((rooms) =>
      readdirSync(join(repositoryRoot, rooms)).map((room) => join(repositoryRoot, rooms, room, 'src')),
    )
    .filter((folder) => existsSync(folder))
    .flatMap(walk);
}

const variables = [
  ...new Set(
    sources().flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/@FromEnv\(\s*'(\w+)'/g)].map((m) => m[1])),
  ),
].filter((name): name is string => name !== undefined && !NOT_OF_A_SERVICE.test(name));

/** Rows of the tables of a chapter, by what their first cell names. */
function rowsOf(chapter: string): string[] {
  const [, text = ''] = page.split(`\n## ${chapter}\n`);
  const rows = (text.split('\n## ')[0] as string).matchAll(/^\| `(\w+)`\*? \|/gm);
  return [...rows].map(([, name]) => name as string);
}

describe('docs/operating.md', () => {
  it('house: there are variables to look for', () => {
    expect(variables.length).toBeGreaterThan(15);
  });

  it.each(variables)('house: says what %s does', (name) => {
    expect(rowsOf('Settings')).toContain(name);
  });

  it('house: explains no variable that nothing reads', () => {
    const all = sources()
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const unread = rowsOf('Settings').filter((name) => !name.startsWith('OTEL_') && !all.includes(`'${name}'`));
    expect(unread).toEqual([]);
  });

  it('house: says of every alert what it means, and of no other', () => {
    const { groups } = parse(readFileSync(ALERTS, 'utf8')) as { groups: { rules: { alert?: string }[] }[] };
    const alerts = groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    expect(alerts.length).toBeGreaterThan(5);
    const [, text = ''] = page.split('\n## Alerts\n');
    const explained = [...(text.split('\n## ')[0] as string).matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual(alerts.sort());
  });

  it('house: leads nowhere that is not there', () => {
    const links = [...page.matchAll(/\]\(([^)#]+)?(?:#([^)]+))?\)/g)];
    const files = links.flatMap(([, file]) => (file && !existsSync(join(repositoryRoot, 'docs', file)) ? file : []));
    const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)));
    const nowhere = links.flatMap(([, file, anchor]) => (!file && anchor && !anchors.has(anchor) ? anchor : []));
    expect([...files, ...nowhere]).toEqual([]);
  });
});

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
