import { resolve } from 'node:path';

const rootDir = resolve(import.meta.dirname, '../../..');
const here = (file) => resolve(import.meta.dirname, file);

/** TypeScript as tsc compiles it: legacy decorators with the metadata Nest injects by, native ES modules, Preact's JSX. */
const swc = ({ tsx }) => [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true, tsx },
      transform: {
        legacyDecorator: true,
        decoratorMetadata: true,
        react: { runtime: 'automatic', importSource: 'preact' },
      },
    },
    module: { type: 'es6' },
  },
];

/** Written as a team would write it, tests and all: `npm test` in its folder runs them, and a journey runs that. */
const TEAMS_OWN = '/examples/transaction-approval-grant/';

const common = {
  rootDir,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '\\.ts$': swc({ tsx: false }), '\\.tsx$': swc({ tsx: true }) },
  resolver: here('resolver.cjs'),
  testPathIgnorePatterns: ['/node_modules/', '/dist/', TEAMS_OWN],
};

const inRooms = (pattern) => [
  ...['packages', 'apps', 'examples'].map((rooms) => `<rootDir>/${rooms}/*/src/**/${pattern}`),
  `<rootDir>/packages/tooling/*/${pattern}`,
];

/** Specs that break the installation they look at: each starts its own, so they run once and not in either mode. */
const FAULTS = '<rootDir>/packages/conformance/src/faults/';

/** The suite seen from the street, once for each way to run; specs read GRANTWAY_MODE. */
const conformance = (mode) => ({
  ...common,
  displayName: mode,
  testMatch: ['<rootDir>/packages/conformance/src/**/*.e2e-spec.ts'],
  testPathIgnorePatterns: [...common.testPathIgnorePatterns, FAULTS],
  globals: { GRANTWAY_MODE: mode },
  globalSetup: here(`${mode}.setup.mjs`),
  globalTeardown: here(`${mode}.teardown.mjs`),
});

export default {
  rootDir,
  maxWorkers: 3,
  testTimeout: 90_000,
  reporters: ['default', here('summary-reporter.mjs')],
  projects: [
    { ...common, displayName: 'unit', testMatch: inRooms('*.spec.{ts,tsx}') },
    { ...common, displayName: 'integration', testMatch: inRooms('*.int-spec.ts') },
    conformance('standalone'),
    conformance('distributed'),
    {
      ...common,
      displayName: 'journeys',
      testMatch: inRooms('*.e2e-spec.{ts,tsx}'),
      testPathIgnorePatterns: [...common.testPathIgnorePatterns, '<rootDir>/packages/conformance/src/(?!faults/)'],
    },
  ],
};
