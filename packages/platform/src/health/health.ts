import { createServer, Server, ServerResponse } from 'node:http';
import { Metrics } from '../metrics/metrics.js';

/** Answers in time or throws; its name is what an operator sees. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

const CHECK_TIMEOUT_MS = 1_500;

/** Whether this process should get traffic: every check passes and it is not stopping. */
export class Readiness {
  #stopping = false;

  constructor(private readonly checks: readonly ReadinessCheck[]) {}

  stopping(): void {
    this.#stopping = true;
  }

  /** Names of what is missing; empty when ready. */
  async missing(): Promise<string[]> {
    if (this.#stopping) return ['stopping'];
    const results = await Promise.all(this.checks.map(async (check) => ((await passes(check)) ? [] : [check.name])));
    return results.flat();
  }
}

async function passes(one: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([one.check(), late]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** The body and status of `/healthz` and `/readyz`, wherever they are served. */
export async function healthReply(
  path: string,
  readiness: Readiness,
): Promise<{ status: number; body: object } | undefined> {
  if (path === '/healthz') return { status: 200, body: { status: 'alive' } };
  if (path !== '/readyz') return undefined;
  const missing = await readiness.missing();
  return missing.length === 0
    ? { status: 200, body: { status: 'ready' } }
    : { status: 503, body: { status: 'not ready', missing } };
}

/** Where a process answers its probes, and says what it counted. Not for the public. */
export function serveHealth(port: number, readiness: Readiness, metrics: Metrics): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.url === '/metrics') return writeMetrics(metrics, response);
    const reply = await healthReply(request.url ?? '', readiness);
    response.writeHead(reply?.status ?? 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply?.body ?? { status: 'not found' }));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}

async function writeMetrics(metrics: Metrics, response: ServerResponse): Promise<void> {
  try {
    const { contentType, text } = await metrics.page();
    response.writeHead(200, { 'content-type': contentType }).end(text);
  } catch {
    // Thrown on, it would end the process.
    response.writeHead(500).end();
  }
}
