import { join } from 'node:path';
import { appOf, type Container, containersOf, type KubeObject, type Workload, workloadsOf } from './kube-objects.js';
import { problemsOf } from './kube-schema.js';
import {
  configOf,
  DEPLOY,
  JOBS,
  nameOf,
  referencesOf,
  renderSecrets,
  SERVICES,
  STATEFUL,
  variablesOf,
} from './manifest-support.js';
import { render } from './render.js';

/** Made by hand, or by cert-manager, as deploy/README.md says. */
const CERTIFICATES = ['nats-tls', 'gateway-tls'];
const SECRET = /SECRET|PASSWORD|SEED|MASTER_KEY|DATABASE_URL|TOKEN/;
/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const ADMITTED_VOLUMES = new Set(['configMap', 'emptyDir', 'persistentVolumeClaim', 'projected', 'secret']);
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** Asked for by each overlay, and the same for all. */
let secretsMade: Promise<KubeObject[]>;
beforeAll(() => {
  secretsMade = renderSecrets();
});

const named = (containers: readonly Container[], name: string) => containers.find((each) => each.name === name);
const mebibytes = (text = '0') => Number(/^(\d+)Mi$/.exec(text)?.[1]);

interface Breakable {
  readonly spec: { readonly template: { readonly spec: { readonly containers: object[] } } };
}

describe.each(['development', 'production'])('deploy/overlays/%s', (overlay) => {
  let objects: KubeObject[];
  let workloads: Workload[];
  const workload = (name: string) => {
    const found = workloads.find((each) => each.name === name);
    if (!found) throw new Error(`no ${name}; there are ${workloads.map((each) => each.name).join(', ')}`);
    return found;
  };
  const service = (name: string) => {
    const { pod } = workload(name);
    const container = named(pod.containers, 'grantway');
    if (!container) throw new Error(`${name} has no container grantway`);
    return { pod, container };
  };
  const every = (check: (container: Container, of: Workload) => void) => {
    for (const each of workloads) for (const container of containersOf(each.pod)) check(container, each);
  };
  const settings = () => configOf(objects, 'grantway');

  beforeAll(async () => {
    objects = await render(join(DEPLOY, 'overlays', overlay));
    workloads = workloadsOf(objects);
  });

  it('house: every object fits its schema, and has nothing besides', async () => {
    // One after the other: jest's linker trips over modules that are asked for twice at once.
    for (const object of objects) expect([nameOf(object), await problemsOf(object)]).toEqual([nameOf(object), []]);
    expect(objects.length).toBeGreaterThan(30);
  });

  it('house: every object is in the one namespace, which admits restricted pods alone', () => {
    const outside = objects.filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== 'grantway');
    expect(outside.map(nameOf)).toEqual([]);
    const [namespace] = objects.filter(({ kind }) => kind === 'Namespace');
    expect(namespace?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  it('house: there is a workload for each service, and two jobs', () => {
    const ours = workloads.filter(({ pod }) => pod.containers.some((container) => appOf(container)));
    expect(ours.map(({ name }) => name).sort()).toEqual([...SERVICES, ...JOBS].sort());
    // Patches go by the labels of the one, network policies by those of the other.
    for (const { kind, metadata } of objects) {
      if (kind === 'Deployment') expect(metadata.labels).toEqual(workload(metadata.name).labels);
    }
  });

  it('house: nobody is root, writes to its image, or may ask Kubernetes anything', () => {
    every(({ securityContext }, { name }) =>
      expect({ name, ...securityContext }).toMatchObject({ name, ...RESTRICTED }),
    );
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
    for (const { name, pod } of workloads) {
      expect({ name, ...pod }).toMatchObject({
        name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(accounts).toContain(pod.serviceAccountName);
    }
    const users = workloads.filter(({ kind }) => kind !== 'Job').map(({ pod }) => pod.serviceAccountName);
    expect(new Set(users).size).toBe(users.length);
  });

  it('house: nothing of the node is in a pod (the profile "restricted")', () => {
    for (const { name, pod } of workloads) {
      const kinds = (pod.volumes ?? []).flatMap(({ name: _name, ...source }) => Object.keys(source));
      expect([name, kinds.filter((kind) => !ADMITTED_VOLUMES.has(kind))]).toEqual([name, []]);
      for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(field);
    }
  });

  it('house: every container says what it needs, and how much memory is too much', () => {
    every(({ resources }, { name }) => {
      expect({ name, ...resources?.requests }).toEqual({ name, cpu: expect.any(String), memory: expect.any(String) });
      expect({ name, ...resources?.limits }).toMatchObject({ name, memory: expect.stringMatching(/^\d+Mi$/) });
      expect(mebibytes(resources?.limits?.['memory'])).toBeGreaterThan(mebibytes(resources?.requests?.['memory']));
    });
  });

  it('house: a service has at least what it was measured to hold (packages/bench/README.md)', () => {
    for (const name of SERVICES) {
      const { resources } = service(name).container;
      expect(mebibytes(resources?.requests?.['memory'])).toBeGreaterThanOrEqual(140);
      expect(mebibytes(resources?.limits?.['memory'])).toBeGreaterThanOrEqual(220);
    }
  });

  it('house: what runs for ever is probed; a service where it answers its probes', () => {
    for (const { name, kind, pod } of workloads) {
      if (kind === 'Job') continue;
      for (const container of pod.containers) {
        const { startupProbe, livenessProbe, readinessProbe } = container;
        expect([name, startupProbe, livenessProbe, readinessProbe]).toEqual([
          name,
          ...Array(3).fill(expect.any(Object)),
        ]);
        const ports = container.ports?.map((port) => port.name) ?? [];
        for (const probe of [startupProbe, livenessProbe, readinessProbe])
          if (probe?.httpGet) expect(ports).toContain(probe.httpGet.port);
      }
    }
    for (const name of SERVICES) {
      const { startupProbe, livenessProbe, readinessProbe } = service(name).container;
      const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
      expect(paths).toEqual(['/healthz', '/healthz', '/readyz'].map((path) => ({ path, port: 'health' })));
    }
  });

  it('house: monitoring finds every service by its label and the name of its port (deploy/observability)', () => {
    for (const name of SERVICES) {
      expect([name, workload(name).labels]).toEqual([
        name,
        expect.objectContaining({ 'app.kubernetes.io/part-of': 'grantway', 'app.kubernetes.io/name': name }),
      ]);
      expect(service(name).container.ports?.map((port) => port.name)).toContain('health');
    }
  });

  it('house: ports are those that the services are told to listen on', () => {
    for (const name of SERVICES) {
      const { env = [], ports = [] } = service(name).container;
      const told = (variable: string) => Number(env.find((each) => each.name === variable)?.value);
      const open = Object.fromEntries(ports.map((port) => [port.name, port.containerPort]));
      expect(open).toEqual({ health: told('HEALTH_PORT'), ...(name === 'gateway' && { http: told('PORT') }) });
    }
    const doors = objects
      .filter(({ kind }) => kind === 'Service')
      .map(({ spec }) => spec as { ports: { targetPort: string }[] });
    const open = workloads.flatMap(({ pod }) =>
      pod.containers.flatMap(({ ports = [] }) => ports.map((port) => port.name)),
    );
    for (const { ports } of doors) for (const { targetPort } of ports) expect(open).toContain(targetPort);
  });

  it('house: every image has a tag, and none is "latest"', () => {
    every(({ image }) => expect(image).toMatch(/:(?!latest$)[\w][\w.-]*$|@sha256:[0-9a-f]{64}$/));
    const tags = new Set<string>();
    every((container) => appOf(container) && tags.add(container.image.replace(/.*:/, '')));
    expect([...tags]).toHaveLength(1);
  });

  it('house: every variable is one that its service reads, and every setting too', async () => {
    for (const name of SERVICES) {
      const { env = [] } = service(name).container;
      const known = await variablesOf(name);
      const unknown = [...env.map((each) => each.name), ...Object.keys(settings())].filter((each) => !known.has(each));
      expect([name, unknown]).toEqual([name, []]);
      if (!STATEFUL.includes(name)) continue;
      expect(env.map((each) => each.name)).toEqual(expect.arrayContaining(['DATABASE_URL', 'GRANTWAY_MASTER_KEY']));
    }
    expect(Object.keys(settings())).toEqual(expect.arrayContaining(['NATS_URL', 'PUBLIC_URL']));
  });

  it('HT-06 nothing secret is written down, and the gateway is given none of it', () => {
    expect(objects.filter(({ kind }) => kind === 'Secret').map(nameOf)).toEqual([]);
    every(({ env = [] }, { name }) => {
      const literal = env.filter(({ name: variable, value }) => value !== undefined && SECRET.test(variable));
      expect([name, literal]).toEqual([name, []]);
    });
    for (const { kind, data = {} } of objects) {
      if (kind !== 'ConfigMap') continue;
      expect(Object.keys(data).filter((key) => SECRET.test(key))).toEqual([]);
      if (overlay === 'production')
        expect(Object.values(data).join('\n')).not.toMatch(/\bSU[A-Z2-7]{56}\b|PRIVATE KEY|:\/\/[^\s/@]+:[^\s/@]+@/);
    }
    const { env = [], envFrom = [] } = service('gateway').container;
    expect(env.map(({ name }) => name).filter((name) => SECRET.test(name))).toEqual([]);
    expect(envFrom.filter(({ secretRef }) => secretRef)).toEqual([]);
  });

  it('house: whatever a pod refers to is here, or made by deploy/secrets', async () => {
    const secrets = await secretsMade;
    for (const object of secrets) expect([nameOf(object), await problemsOf(object)]).toEqual([nameOf(object), []]);
    const made = (kind: string) =>
      [...objects, ...secrets].filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
    const { configMaps, secretNames } = referencesOf(workloads);
    expect(configMaps.filter((name) => !made('ConfigMap').includes(name))).toEqual([]);
    expect(secretNames.filter((name) => ![...made('Secret'), ...CERTIFICATES].includes(name))).toEqual([]);
    const keys = new Map(
      secrets
        .filter(({ kind }) => kind === 'Secret')
        .map(({ metadata, data = {} }) => [metadata.name, Object.keys(data)]),
    );
    every(({ env = [] }) => {
      for (const { valueFrom } of env) {
        if (valueFrom?.secretKeyRef)
          expect(keys.get(valueFrom.secretKeyRef.name)).toContain(valueFrom.secretKeyRef.key);
      }
    });
  });

  it('I10 a pod with a database waits for the schema of its own version', () => {
    for (const name of [...STATEFUL, 'apply-environments']) {
      const { pod } = workload(name);
      const waiting = named(pod.initContainers ?? [], 'await-schema');
      expect(waiting?.args?.[0]).toBe('await-schema');
      expect(waiting && appOf(waiting)).toBe('admin');
    }
    const [migrate] = workload('migrate').pod.containers;
    expect([migrate && appOf(migrate), migrate?.args]).toEqual(['admin', ['migrate']]);
  });

  it('I9 whoever is stopped has the time to finish', async () => {
    for (const name of SERVICES) {
      const { pod, container } = service(name);
      const draining = Number(container.env?.find((each) => each.name === 'DRAIN_SECONDS')?.value ?? 0);
      const inHand = 5 + (STATEFUL.includes(name) ? 13 : 0);
      expect([name, pod.terminationGracePeriodSeconds ?? 30]).toEqual([name, expect.any(Number)]);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(draining + inHand);
      if (name === 'gateway') expect(draining).toBeGreaterThanOrEqual(5);
    }
    const rolls = objects.filter(({ kind, metadata }) => kind === 'Deployment' && SERVICES.includes(metadata.name));
    for (const { spec } of rolls) expect(spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0 } } });
  });
});

describe('deploy/overlays/development', () => {
  it('house: has one of each, and nothing that scales', async () => {
    const objects = await render(join(DEPLOY, 'overlays/development'));
    const kinds = new Set(objects.map(({ kind }) => kind));
    expect(kinds).not.toContain('HorizontalPodAutoscaler');
    expect(kinds).not.toContain('PodDisruptionBudget');
    const replicas = objects.map(({ spec }) => (spec as { replicas?: number } | undefined)?.replicas ?? 1);
    expect(Math.max(...replicas)).toBe(1);
  });
});

describe('the schemas', () => {
  let deployment: KubeObject | undefined;
  beforeAll(async () => {
    const objects = await render(join(DEPLOY, 'overlays/production'));
    deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'token');
  });

  it.each<[string, (object: Breakable) => void]>([
    ['a field that Kubernetes does not have', (object) => Object.assign(object.spec.template.spec, { containrs: [] })],
    ['a field in the wrong place', (object) => Object.assign(object.spec, { terminationGracePeriodSeconds: 40 })],
    ['a text where a number belongs', (object) => Object.assign(object.spec, { minReadySeconds: 'three' })],
    [
      'a container without a name',
      (object) => Reflect.deleteProperty(object.spec.template.spec.containers[0] ?? {}, 'name'),
    ],
    [
      'an env var that is a number',
      (object) =>
        Object.assign(object.spec.template.spec.containers[0] ?? {}, { env: [{ name: 'PORT', value: 3000 }] }),
    ],
    ['a kind that is not there', (object) => Object.assign(object, { kind: 'Deploiment' })],
    ['a version that is not there', (object) => Object.assign(object, { apiVersion: 'apps/v1beta7' })],
  ])('house: refuse %s', async (_what, breakIt) => {
    const object = structuredClone(deployment) as never as Breakable;
    expect(await problemsOf(object as never)).toEqual([]);
    breakIt(object);
    expect(await problemsOf(object as never)).not.toEqual([]);
  });
});
