/**
 * Who may open which door: the table of the house style, as data. A room may import what its row lists, itself, and
 * packages from npm; dependency-cruiser.cjs turns the rows into lint rules.
 */

/** Rooms below packages/, in the order of the table: a row only names rooms above it. */
const PACKAGES = {
  protocol: [],
  domain: ['protocol'],
  contracts: ['protocol'],
  platform: ['protocol', 'domain', 'contracts'],
  'grant-sdk': ['protocol', 'domain', 'platform'],
  'client-auth': ['protocol', 'domain'],
  'token-signing': ['protocol', 'domain'],
  grants: ['protocol', 'domain', 'grant-sdk'],
  persistence: ['protocol', 'domain'],
  pages: ['protocol', 'contracts'],
  'local-services': [],
  testing: ['protocol', 'domain', 'contracts', 'grant-sdk'],
  conformance: ['protocol', 'local-services'],
  chaos: ['local-services', 'conformance'],
  bench: ['grant-sdk', 'platform', 'local-services'],
  tooling: ['local-services'],
};

/** What "any package" means for an app: everything that runs in production, except the grants, which have hosts. */
const PRODUCTION = [
  ...['protocol', 'domain', 'contracts', 'grant-sdk', 'client-auth', 'token-signing'],
  ...['persistence', 'platform', 'pages'],
];

/** Rooms below apps/ with a row of their own. */
const APPS = {
  gateway: ['protocol', 'contracts', 'platform', 'pages'],
  token: [...PRODUCTION, 'grants'],
  'grant-host': [...PRODUCTION, 'grants'],
  standalone: [...PRODUCTION, 'grants', 'local-services'],
};

/** Every other app. */
const OTHER_APPS = PRODUCTION;

/** The one app that may import other apps, and the examples it serves. */
const COMPOSES_APPS = 'standalone';

/** Examples are written as somebody outside the house would write them. */
const EXAMPLES = ['grant-sdk'];

/** What tests may import besides their room's row. */
const TESTS = ['testing', 'local-services'];

/** Packages from npm that only some rooms know. `inTests`: rooms whose tests know them too. */
const RESERVED = [
  {
    name: 'database',
    packages: ['@prisma/[^/]+', 'prisma', '(@types/)?pg', 'pg-[^/]+', 'graphile-worker'],
    rooms: ['persistence', 'local-services', 'conformance', 'bench', 'chaos'],
    why: 'only persistence knows Prisma and PostgreSQL; local-services and the rooms that test use pg to look from outside',
  },
  {
    name: 'bus',
    packages: ['@nats-io/[^/]+'],
    rooms: ['platform'],
    inTests: ['local-services'],
    why: 'only platform knows NATS',
  },
];

module.exports = { PACKAGES, APPS, OTHER_APPS, COMPOSES_APPS, EXAMPLES, TESTS, RESERVED };
