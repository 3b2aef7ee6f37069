const swc = require('@swc/core');
const { APPS, COMPOSES_APPS, EXAMPLES, OTHER_APPS, PACKAGES, RESERVED, TESTS } = require('./layers.cjs');

// dependency-cruiser asks swc for TypeScript without JSX whatever the file's name, and would stumble over our pages.
const { parseFileSync } = swc;
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') });

/** Specs, and what several specs of a room share: its `test` folder. */
const TEST_FILE = '(?:\\btest/[^/]+|\\.(?:spec|int-spec|e2e-spec))\\.tsx?$';
/** What packages export beside their root. */
const FACES = 'packages/grant-sdk/dist/(?:contract|testing/index)\\.js$';
const OURS = '^(packages|apps|examples)/';
const SOURCES = `${OURS}[^/]+/src/`;

// Imports of another room resolve to what its package.json exports, packages/x/dist/index.js; relative ones to its src.
const packagesNamed = (names) => (names.length ? [`^packages/(${names.join('|')})/`] : []);

/** One room's row, as two rules: for its code, and for its tests, which may use the rooms for tests as well. */
function row(name, from, allowed, comment) {
  const rule = (kind, source, more) => ({
    name: `${name}${kind}`,
    severity: 'error',
    comment,
    from: source,
    to: { path: OURS, pathNot: [from, ...allowed, ...more] },
  });
  return [
    rule('', { path: from, pathNot: TEST_FILE }, []),
    rule('-tests', { path: `${from}.*${TEST_FILE}` }, packagesNamed(TESTS)),
  ];
}

const may = (names) => (names.length ? `may import ${names.join(', ')}` : 'may import no other room');

const rows = [
  ...Object.entries(PACKAGES).flatMap(([room, allowed]) =>
    row(`room-${room}`, `^packages/${room}/`, packagesNamed(allowed), may(allowed)),
  ),
  ...Object.entries(APPS).flatMap(([app, allowed]) =>
    row(
      `app-${app}`,
      `^apps/${app}/`,
      [...packagesNamed(allowed), ...(app === COMPOSES_APPS ? ['^apps/', '^examples/'] : [])],
      may(allowed),
    ),
  ),
  ...row(
    'app',
    `^apps/(?!(?:${Object.keys(APPS).join('|')})/)([^/]+)/`,
    packagesNamed(OTHER_APPS),
    may(OTHER_APPS),
  ).map(toItself('^apps/$1/')),
  ...row('example', '^examples/([^/]+)/', packagesNamed(EXAMPLES), may(EXAMPLES)).map(toItself('^examples/$1/')),
  {
    name: 'room-without-row',
    severity: 'error',
    comment: 'a new room needs a row in packages/tooling/layers.cjs first',
    from: { path: `^packages/(?!(?:${Object.keys(PACKAGES).join('|')})/)` },
    to: {},
  },
];

/** For a pattern that covers many rooms, "itself" is the one the import stands in, not all of them. */
function toItself(own) {
  return (rule) => ({ ...rule, to: { ...rule.to, pathNot: [own, ...rule.to.pathNot.slice(1)] } });
}

const reserved = RESERVED.map(({ name, packages, rooms, inTests = [], why }) => ({
  name: `reserved-${name}`,
  severity: 'error',
  comment: why,
  from: {
    path: OURS,
    pathNot: [...packagesNamed(rooms), ...inTests.map((room) => `^packages/${room}/.*${TEST_FILE}`)],
  },
  to: { path: `^node_modules/(${packages.join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'two files that need each other are one idea, or a third is missing',
      from: {},
      to: { circular: true },
    },
    {
      name: 'package-roots-only',
      severity: 'error',
      comment: 'import what a room exports, not a file inside it',
      from: { path: '^(packages|apps|examples)/([^/]+)/' },
      to: { path: '^(packages|apps)/', pathNot: ['^$1/$2/', '^(packages|apps)/[^/]+/dist/index\\.js$', `^${FACES}`] },
    },
    {
      name: 'examples-by-name',
      severity: 'error',
      comment: 'an example is built its own way: import what its package.json exports, by its name',
      from: { path: '^(packages|apps|examples)/([^/]+)/' },
      to: { path: '^examples/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'nothing has this name: misspelt, not installed, or not built yet (npm run build)',
      from: { path: SOURCES },
      to: { couldNotResolve: true },
    },
    {
      name: 'declared',
      severity: 'error',
      comment: 'name it in the dependencies of the room that imports it: images install each app alone',
      from: { path: SOURCES, pathNot: TEST_FILE },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'grants-know-no-contract',
      severity: 'error',
      comment: 'a grant, and whoever serves one, needs what @grantway/grant-sdk exports and nothing of the wire',
      from: { path: '^(packages/grants|apps/(?!(?:token|admin)/)[^/]+|examples/[^/]+)/', pathNot: TEST_FILE },
      to: { path: '^packages/grant-sdk/dist/(?!index\\.js)' },
    },
    ...rows,
    ...reserved,
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true, // Type-only imports open doors as well.
    exclude: { path: '/generated/' },
    doNotFollow: { path: ['node_modules', '/dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
