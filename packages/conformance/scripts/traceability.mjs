import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readTests } from './read-tests.mjs';

// Writes the table row id → test into README.md; with `--check` it only says what is missing or stale, and fails.

const room = resolve(import.meta.dirname, '..');
const root = resolve(room, '../..');
const readme = `${room}/README.md`;
const [BEGIN, END] = ['<!-- traceability: begin -->', '<!-- traceability: end -->'];
const MOST_FILES = 4;

const required = JSON.parse(readFileSync(`${room}/traceability/required.json`, 'utf8'));
const waiting = readWaiting();
const tests = readTests(root);
const testsOf = groupBy(
  tests.flatMap((test) => test.ids.map((id) => ({ id, ...test }))),
  ({ id }) => id,
);

const problems = [...findGaps(), ...findStrayWaiting()];
const before = readFileSync(readme, 'utf8');
const after = withTable(before, renderAll());
if (process.argv.includes('--check')) {
  if (before !== after) problems.push('README.md is stale: npm run traceability -w @grantway/conformance');
} else if (before !== after) {
  writeFileSync(readme, after);
}
for (const problem of problems) console.error(problem);
console.log(
  `${rowIds().length} rows of this issue, ${tests.length} tests that name a row, ${problems.length} problems`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

function groupBy(list, keyOf) {
  const groups = new Map();
  for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}

function rowIds() {
  return required.flatMap(({ rows }) => Object.keys(rows));
}

function findGaps() {
  return required.flatMap((group) =>
    Object.keys(group.rows)
      .filter((id) => testsIn(group, id).length === 0 && !waiting.has(id))
      .map((id) => `${id} (${group.title}) has neither a test nor a reason to wait`),
  );
}

/** The seeds and the catalogue both count from I1; the files a test stands in say whose row it means. */
function testsIn({ only = [''], not = [] }, id) {
  const stands = (file, places) => places.some((place) => file.includes(place));
  return (testsOf.get(id) ?? []).filter(({ file }) => stands(file, only) && !stands(file, not));
}

function findStrayWaiting() {
  return [...waiting.values()]
    .flat()
    .filter(({ id, until, why }) => !id || !until || !why)
    .map((entry) => `${entry.source}: every entry needs id, until and why: ${JSON.stringify(entry)}`);
}

/** What waits, by row id; a row may wait for several things, and be tested in part already. */
function readWaiting() {
  const folder = `${room}/traceability/waiting`;
  const entries = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) =>
      JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')).map((entry) => ({ ...entry, source: file })),
    );
  return groupBy(entries, ({ id }) => id);
}

function renderAll() {
  const groups = required.map((group) => {
    const lines = Object.entries(group.rows).map(
      ([id, rule]) => `| ${id} | ${cell(rule)} | ${renderTests(testsIn(group, id))} | ${renderWaiting(id)} |`,
    );
    return [`### ${group.title}`, '', '| row | rule | tests | waits for |', '| --- | --- | --- | --- |', ...lines].join(
      '\n',
    );
  });
  return [...groups, renderOthers()].join('\n\n');
}

/** Rows and advisories that some test names although this issue does not ask for them. */
function renderOthers() {
  const known = new Set(rowIds());
  const others = [...testsOf.keys()].filter((id) => !known.has(id)).sort();
  const lines = others.map((id) => `| ${id} | ${renderTests(testsOf.get(id) ?? [])} |`);
  return ['### Named by tests besides', '', '| id | tests |', '| --- | --- |', ...lines].join('\n');
}

function renderTests(tests) {
  const byFile = [...groupBy(tests, ({ file }) => file)];
  const shown = byFile.slice(0, MOST_FILES).map(([file, found]) => {
    const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
    return `[${file.split('/').at(-1)}](../../${file}): ${cell(found[0].name)}${more}`;
  });
  const hidden = byFile.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`and ${hidden} more files`] : [])].join('<br>');
}

function renderWaiting(id) {
  return (waiting.get(id) ?? []).map(({ until, why }) => `**${cell(until)}**: ${cell(why)}`).join('<br>');
}

function cell(text) {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function withTable(text, table) {
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`README.md needs ${BEGIN} and ${END}`);
  return `${text.slice(0, start + BEGIN.length)}\n\n${table}\n\n${text.slice(end)}`;
}
