import { join } from 'node:path';
import { type KubeObject, type Workload, workloadsOf } from './kube-objects.js';
import { DEPLOY, JOBS, SERVICES, STATEFUL } from './manifest-support.js';
import { mayReach, type Party } from './network-reach.js';
import { render } from './render.js';

const DATABASE: Party = { ip: '10.20.30.40' };

describe.each(['development', 'production'])('who reaches whom in deploy/overlays/%s', (overlay) => {
  let objects: KubeObject[];
  let workloads: Workload[];
  const workload = (name: string) => {
    const found = workloads.find((each) => each.name === name);
    if (!found) throw new Error(`no ${name}; there are ${workloads.map((each) => each.name).join(', ')}`);
    return found;
  };

  beforeAll(async () => {
    objects = await render(join(DEPLOY, 'overlays', overlay));
    workloads = workloadsOf(objects);
  });

  const pod = (name: string): Party => ({ namespace: 'grantway', labels: workload(name).labels });
  const outside = (namespace: string, namespaceLabels = {}): Party => ({
    namespace,
    labels: { app: 'any' },
    namespaceLabels,
  });
  const reach = (from: Party, to: Party, port: number) => mayReach(objects, from, to, port);
  const everyPod = () => workloads.map(({ name }) => name);

  it('house: from the ingress the gateway alone, at its public port', () => {
    const ingress = outside('ingress-nginx');
    const reached = everyPod().flatMap((name) =>
      [80, 3000, 4222, 5432, 6222, 8222, 9000]
        .filter((port) => reach(ingress, pod(name), port))
        .map((port) => `${name}:${port}`),
    );
    expect(reached).toEqual(['gateway:3000']);
  });

  it('house: PostgreSQL from the services with a database and the jobs alone', () => {
    const database = overlay === 'development' ? pod('postgres') : DATABASE;
    const reaching = everyPod().filter((name) => reach(pod(name), database, 5432));
    expect(reaching.sort()).toEqual([...STATEFUL, ...JOBS].sort());
  });

  it('house: the bus from every service, and from teams’ namespaces that were let in', () => {
    expect(
      everyPod()
        .filter((name) => reach(pod(name), pod('nats'), 4222))
        .sort(),
    ).toEqual([...SERVICES].sort());
    expect(reach(outside('acme', { 'grantway-bus': 'client' }), pod('nats'), 4222)).toBe(true);
    expect(reach(outside('stranger'), pod('nats'), 4222)).toBe(false);
  });

  it('house: a team’s grant service reaches the bus and names, nothing else', () => {
    const grant: Party = { namespace: 'grantway', labels: { 'app.kubernetes.io/name': 'vouchers', bus: 'client' } };
    const database = overlay === 'development' ? pod('postgres') : DATABASE;
    expect(reach(grant, pod('nats'), 4222)).toBe(true);
    expect(reach(grant, outside('kube-system'), 53)).toBe(true);
    expect(reach(grant, database, 5432)).toBe(false);
    expect(reach(grant, { ip: '203.0.113.7' }, 443)).toBe(false);
    for (const name of SERVICES) expect([name, reach(grant, pod(name), 9000)]).toEqual([name, false]);
    const foreign = outside('acme', { 'grantway-bus': 'client' });
    for (const name of SERVICES)
      expect([name, reach(foreign, pod(name), name === 'gateway' ? 3000 : 9000)]).toEqual([name, false]);
  });

  it('house: the web from those who fetch keys, notify or send messages; no private address from anybody', () => {
    const web = everyPod().filter((name) => reach(pod(name), { ip: '203.0.113.7' }, 443));
    expect(web.sort()).toEqual(['authorize', 'ciba', 'device', 'token']);
    for (const ip of [
      '10.1.1.1',
      '127.0.0.1',
      '169.254.169.254',
      '172.20.0.1',
      '192.168.1.1',
      '100.64.0.1',
      'fd00::1',
      'fe80::1',
    ])
      for (const port of [80, 443])
        expect([ip, everyPod().filter((name) => reach(pod(name), { ip }, port))]).toEqual([ip, []]);
  });

  it('house: services do not reach each other; what they count is read by the monitoring alone', () => {
    for (const from of SERVICES)
      for (const to of SERVICES)
        for (const port of [3000, 9000]) expect([from, to, reach(pod(from), pod(to), port)]).toEqual([from, to, false]);
    for (const name of SERVICES) expect([name, reach(outside('monitoring'), pod(name), 9000)]).toEqual([name, true]);
  });
});
