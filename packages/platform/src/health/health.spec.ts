import type { AddressInfo } from 'node:net';
import { Metrics } from '../metrics/metrics.js';
import { healthReply, Readiness, type ReadinessCheck, serveHealth } from './health.js';

const passes: ReadinessCheck = { name: 'bus', check: async () => {} };
const fails: ReadinessCheck = {
  name: 'database',
  check: async () => {
    throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
  },
};
const hangs: ReadinessCheck = { name: 'stuck', check: () => new Promise(() => {}) };
const throwsAtOnce: ReadinessCheck = {
  name: 'broken',
  check: () => {
    throw new Error('at once');
  },
};

describe('Readiness', () => {
  it('house: ready when every check passes', async () => {
    expect(await new Readiness([passes, passes]).missing()).toEqual([]);
    expect(await new Readiness([]).missing()).toEqual([]);
  });

  it('house: names what is missing, in the order of the checks', async () => {
    expect(await new Readiness([fails, passes, throwsAtOnce]).missing()).toEqual(['database', 'broken']);
  });

  it('house: a check that hangs fails, and takes no longer than two seconds', async () => {
    const begun = Date.now();
    expect(await new Readiness([hangs, passes]).missing()).toEqual(['stuck']);
    expect(Date.now() - begun).toBeLessThan(2_000);
  });

  it('house: a check may be a class with a state of its own', async () => {
    class Connected implements ReadinessCheck {
      readonly name = 'bus';
      #connected = true;
      async check(): Promise<void> {
        if (!this.#connected) throw new Error('cut off');
      }
    }
    expect(await new Readiness([new Connected()]).missing()).toEqual([]);
  });

  it('I9 a stopping process is not ready, whatever the checks say', async () => {
    const readiness = new Readiness([passes]);
    readiness.stopping();
    expect(await readiness.missing()).toEqual(['stopping']);
  });
});

describe('probes', () => {
  it('house: /healthz says alive though nothing is ready', async () => {
    expect(await healthReply('/healthz', new Readiness([fails]))).toEqual({ status: 200, body: { status: 'alive' } });
  });

  it('house: /readyz names what is missing and nothing of why', async () => {
    expect(await healthReply('/readyz', new Readiness([fails]))).toEqual({
      status: 503,
      body: { status: 'not ready', missing: ['database'] },
    });
    expect(await healthReply('/readyz', new Readiness([passes]))).toEqual({ status: 200, body: { status: 'ready' } });
    expect(await healthReply('/metrics', new Readiness([]))).toBeUndefined();
  });

  it('house: a service without an HTTP door answers them itself', async () => {
    const server = await serveHealth(0, new Readiness([fails]), new Metrics());
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const answers = await Promise.all(['/healthz', '/readyz', '/other'].map((path) => fetch(url + path)));
      expect(answers.map(({ status }) => status)).toEqual([200, 503, 404]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('house: a port that is taken is told to whoever starts it', async () => {
    const server = await serveHealth(0, new Readiness([]), new Metrics());
    const { port } = server.address() as AddressInfo;
    await expect(serveHealth(port, new Readiness([]), new Metrics())).rejects.toMatchObject({ code: 'EADDRINUSE' });
    server.close();
  });
});
