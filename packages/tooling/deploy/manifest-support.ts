import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBusIdentities, repositoryRoot } from '@grantway/local-services';
import { containersOf, type KubeObject, type Workload } from './kube-objects.js';
import { render } from './render.js';

export const DEPLOY = join(repositoryRoot, 'deploy');
/** Services with a database. */
export const STATEFUL = ['authorize', 'token', 'device', 'ciba', 'grant-host'];
export const SERVICES = ['gateway', ...STATEFUL];
export const JOBS = ['migrate', 'apply-environments'];

export const nameOf = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.name}`;

/** The data of a generated ConfigMap, whose name goes on with a hash. */
export function configOf(objects: readonly KubeObject[], name: string): Readonly<Record<string, string>> {
  const isIt = ({ kind, metadata }: KubeObject) =>
    kind === 'ConfigMap' && new RegExp(`^${name}-[a-z0-9]+$`).test(metadata.name);
  return objects.find(isIt)?.data ?? {};
}

/** The table of its README, which a spec of the app holds to its config class. */
export async function variablesOf(app: string): Promise<Set<string>> {
  const readme = await readFile(join(repositoryRoot, 'apps', app, 'README.md'), 'utf8');
  return new Set([...readme.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map(([, name]) => name ?? ''));
}

/** What deploy/secrets makes of files as its README has them written: a copy, beside what it includes. */
export async function renderSecrets(): Promise<KubeObject[]> {
  const home = await mkdtemp(join(process.env['GRANTWAY_TEST_DIR'] ?? tmpdir(), 'secrets-'));
  try {
    const folder = join(home, 'secrets');
    const isTracked = (path: string) => !/\/(?:bus|tls)$|\.env$/.test(path);
    await cp(join(DEPLOY, 'secrets'), folder, { recursive: true, filter: isTracked });
    await cp(join(DEPLOY, 'namespace'), join(home, 'namespace'), { recursive: true });
    await makeBusIdentities(join(folder, 'bus'), { hosts: { exchange: ['token-exchange'] } });
    const variables = ['DATABASE_URL=postgresql://a@b/c', 'GRANTWAY_MASTER_KEY=k', 'POSTGRES_PASSWORD=p', ''];
    await writeFile(join(folder, 'grantway.env'), variables.join('\n'));
    await writeFile(join(folder, 'environments.env'), 'STOCK_SECRET=s\n');
    return await render(folder);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

export function referencesOf(workloads: readonly Workload[]): { configMaps: string[]; secretNames: string[] } {
  const volumes = workloads.flatMap(({ pod }) => pod.volumes ?? []);
  const containers = workloads.flatMap(({ pod }) => containersOf(pod));
  const from = containers.flatMap(({ envFrom = [] }) => envFrom);
  return {
    configMaps: [
      ...volumes.map(({ configMap }) => configMap?.name),
      ...from.map(({ configMapRef }) => configMapRef?.name),
    ].filter(isText),
    secretNames: [
      ...volumes.map(({ secret }) => secret?.secretName),
      ...volumes.flatMap(({ projected }) => projected?.sources.map(({ secret }) => secret?.name) ?? []),
      ...from.map(({ secretRef }) => secretRef?.name),
      ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name)),
    ].filter(isText),
  };
}

const isText = (value: string | undefined): value is string => value !== undefined;
