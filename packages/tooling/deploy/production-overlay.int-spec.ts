import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '@grantway/local-services';
import { parse } from 'yaml';
import { readDirectoryTexts } from './directory-texts.js';
import { type Autoscaler, type KubeObject, specsOf, workloadsOf } from './kube-objects.js';
import { configOf, DEPLOY, SERVICES, STATEFUL } from './manifest-support.js';
import { render } from './render.js';

interface Adapter {
  readonly rules: {
    readonly custom: readonly { readonly seriesQuery: string; readonly name: { readonly as: string } }[];
  };
}

describe('deploy/overlays/production', () => {
  let objects: KubeObject[];
  beforeAll(async () => {
    objects = await render(join(DEPLOY, 'overlays/production'));
  });
  const one = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);

  it.each(SERVICES)('house: %s is kept at three or more, spread, and never drained all at once', (name) => {
    const autoscaler = one('HorizontalPodAutoscaler', name)?.spec as Autoscaler;
    expect(autoscaler.scaleTargetRef).toMatchObject({ kind: 'Deployment', name });
    expect(autoscaler.minReplicas).toBe(3);
    expect(autoscaler.maxReplicas).toBeGreaterThan(3);
    expect(one('PodDisruptionBudget', name)?.spec).toMatchObject({
      maxUnavailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
    });
    const [deployment] = workloadsOf(objects).filter((each) => each.name === name);
    expect(deployment?.labels).toMatchObject({ 'app.kubernetes.io/name': name });
    expect(deployment?.pod.topologySpreadConstraints).toHaveLength(2);
    expect((one('Deployment', name)?.spec as object) ?? {}).not.toHaveProperty('replicas');
  });

  it('house: every service scales by a signal of its own beside the processor, which our code counts', async () => {
    const adapter = parse(await readFile(join(DEPLOY, 'autoscaling/prometheus-adapter.yaml'), 'utf8')) as Adapter;
    const series = new Map(
      adapter.rules.custom.map(({ name, seriesQuery }) => [name.as, seriesQuery.replace(/\{.*/, '')]),
    );
    const code = await readDirectoryTexts(
      ['packages', 'apps'].map((rooms) => join(repositoryRoot, rooms)),
      /\/src\/.*(?<!spec)\.ts$/,
    );
    for (const { scaleTargetRef, metrics } of specsOf<Autoscaler>(objects, 'HorizontalPodAutoscaler')) {
      const signals = metrics.flatMap(({ pods }) => (pods ? [pods.metric.name] : []));
      expect([scaleTargetRef.name, signals.length]).not.toEqual([scaleTargetRef.name, 0]);
      for (const signal of signals) {
        const counted = series.get(signal)?.replace(/_(?:sum|count|bucket)$/, '');
        expect([signal, counted && code.some((text) => text.includes(`'${counted}'`))]).toEqual([signal, true]);
      }
    }
  });

  it('house: the bus is three servers that speak TLS and ask who everybody is', () => {
    const settings = configOf(objects, 'grantway');
    expect(settings['NATS_URL']).toMatch(/^tls:\/\//);
    expect(Object.keys(settings)).toEqual(expect.arrayContaining(['NATS_CA_FILE', 'NATS_NKEY_FILE']));
    expect(one('StatefulSet', 'nats')?.spec).toMatchObject({ replicas: 3 });
    expect(one('PodDisruptionBudget', 'nats')?.spec).toMatchObject({ maxUnavailable: 1 });
    const config = configOf(objects, 'nats');
    expect(Object.keys(config)).toEqual(['nats.conf', 'server.conf']);
  });

  it('house: each service is somebody else on the bus', () => {
    const identities = workloadsOf(objects).flatMap(({ pod }) =>
      (pod.volumes ?? []).flatMap(({ projected }) => projected?.sources[0]?.secret?.name ?? []),
    );
    expect(identities.sort()).toEqual(
      [
        ...['gateway', ...STATEFUL].map((name) => (name === 'grant-host' ? 'nats-host-exchange' : `nats-${name}`)),
      ].sort(),
    );
  });

  it('MT-02 the issuer’s host is the one that the ingress serves', () => {
    const settings = configOf(objects, 'grantway');
    const { host } = new URL(settings['PUBLIC_URL'] ?? '');
    expect(objects.filter(({ kind }) => kind === 'Ingress').map(({ spec }) => spec)).toMatchObject([
      { rules: [{ host }], tls: [{ hosts: [host] }] },
    ]);
  });

  it('house: the environment it begins with is one that the command accepts', async () => {
    const cli = join(repositoryRoot, 'apps/admin/dist/cli.js');
    const folder = join(DEPLOY, 'overlays/production/environments');
    const env = {
      PATH: process.env['PATH'],
      PUBLIC_URL: 'https://login.example.com',
      STOCK_SECRET: randomBytes(32).toString('base64url'),
    };
    await expect(promisify(execFile)(process.execPath, [cli, 'check', folder], { env })).resolves.toMatchObject({
      stderr: '',
    });
  });
});
