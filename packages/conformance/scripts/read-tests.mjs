import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

const SPEC = /\.(?:int-|e2e-)?spec\.tsx?$/;
const IDS =
  /(?<![\w%-])(?:[XAPIHCRDTBWS]\d{1,2}|(?:AZ|CO|RT|CA|PR|PO|OI|DV|CB|TX|JW|IR|DR|SE|LO|MT|HT|IN)-\d{2}|CVE-\d{4}-\d{4,6}|GHSA(?:-\w{4}){3})\b/g;
/** Rows of the seeds that have no number, and peers' releases and issues. */
const NAMED =
  /§8 (?:introspect|revoke|userinfo|signoff|jwks|discovery|flows)\b|(?:oidc-provider|workers-oauth-provider) \d+\.\d+\.\d+|(?:ory\/hydra|node-oauth2-server|workers-oauth-provider) #\d+/g;
const TEST_WORDS = new Set(['it', 'test', 'describe']);

/**
 * Every test of the house with the row ids its name carries. Names are read from the syntax tree: the first argument of
 * `it` and `describe`, and what stands in the table of an `it.each`, there or under a name of its own in the same file.
 *
 * @param {string} root the repository
 * @returns {{ file: string, name: string, ids: string[] }[]}
 */
export function readTests(root) {
  return specsIn(root)
    .flatMap((file) =>
      namesIn(readFileSync(`${root}/${file}`, 'utf8'), file.endsWith('x')).map((name) => ({
        file,
        name,
        ids: idsIn(name),
      })),
    )
    .filter(({ ids }) => ids.length > 0);
}

function specsIn(root) {
  const rooms = ['packages', 'apps', 'examples'].flatMap((shelf) =>
    readdirSync(`${root}/${shelf}`).map((room) => `${shelf}/${room}`),
  );
  return rooms
    .map((room) => (room === 'packages/tooling' ? room : `${room}/src`))
    .filter((folder) => existsSync(`${root}/${folder}`))
    .flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true }).map((path) => `${folder}/${path}`.replaceAll('\\', '/')),
    )
    .filter((path) => SPEC.test(path) && !path.includes('/node_modules/'))
    .sort();
}

/** @param {string} text */
export function idsIn(text) {
  return [...new Set([...(text.match(IDS) ?? []), ...(text.match(NAMED) ?? [])])];
}

function namesIn(source, tsx) {
  const names = [];
  const tree = parseSync(source, { syntax: 'typescript', decorators: true, tsx });
  const tables = tablesIn(tree);
  walk(tree, (node) => {
    if (node.type !== 'CallExpression' || !TEST_WORDS.has(firstWord(node.callee))) return;
    const [title] = node.arguments;
    if (title) names.push(...strings(title.expression).slice(0, 1));
    // `it.each(TABLE)(title, …)`: a row may say its id in the table.
    if (node.callee.type === 'CallExpression') {
      names.push(
        ...node.callee.arguments
          .flatMap(({ expression }) => [
            ...strings(expression),
            ...namesUsed(expression).flatMap((it) => tables.get(it) ?? []),
          ])
          .filter((text) => idsIn(text).length > 0),
      );
    }
  });
  return names;
}

/** The texts of every `const`, by its name. */
function tablesIn(tree) {
  const tables = new Map();
  walk(tree, (node) => {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init) {
      tables.set(node.id.value, strings(node.init));
    }
  });
  return tables;
}

function namesUsed(expression) {
  const found = [];
  walk(expression, (node) => {
    if (node.type === 'Identifier') found.push(node.value);
  });
  return [...new Set(found)];
}

function firstWord(callee) {
  if (callee.type === 'Identifier') return callee.value;
  if (callee.type === 'MemberExpression') return firstWord(callee.object);
  return callee.type === 'CallExpression' ? firstWord(callee.callee) : '';
}

function strings(expression) {
  const found = [];
  walk(expression, (node) => {
    if (node.type === 'StringLiteral') found.push(node.value);
    if (node.type === 'TemplateLiteral') found.push(node.quasis.map(({ cooked, raw }) => cooked ?? raw).join('…'));
  });
  return found;
}

function walk(node, visit) {
  if (Array.isArray(node)) for (const each of node) walk(each, visit);
  else if (node !== null && typeof node === 'object') {
    visit(node);
    for (const value of Object.values(node)) walk(value, visit);
  }
}
