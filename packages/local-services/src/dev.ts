import { join, resolve } from 'node:path';
import { migrateAndApply } from './admin-cli.js';
import { type Fleet, startFleet } from './fleet.js';
import { isPortFree } from './free-port.js';
import { keepSecret } from './keep-secret.js';
import { leaveAddress } from './leave-address.js';
import { LocalServiceError } from './local-service-error.js';
import { startNats } from './nats/nats-server.js';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.js';
import { repositoryRoot } from './repository-root.js';

/** `npm run dev`: the distributed mode on one machine, every service its own process, until Ctrl-C, or until who started it is gone. */
const say = (line: string) => console.log(line);
const data = join(repositoryRoot, '.grantway-dev');
const cleanups: { what: string; stop: () => Promise<unknown> }[] = [];
let isStopping = false;

async function main(): Promise<void> {
  const publicPort = portFromEnvironment();
  if (!(await isPortFree(publicPort))) throw new LocalServiceError(`Port ${publicPort} is taken: set PORT to another.`);
  const publicUrl = process.env['PUBLIC_URL'] ?? `http://localhost:${publicPort}`;
  const environments = resolve(repositoryRoot, process.env['GRANTWAY_ENVIRONMENTS'] ?? 'deploy/environments/demo.yaml');
  const databaseUrl = process.env['DATABASE_URL'] ?? (await database());
  const natsUrl = process.env['NATS_URL'] ?? (await bus());
  const masterKey = process.env['GRANTWAY_MASTER_KEY'] ?? (await keepSecret(join(data, 'master.key')));
  const env = { GRANTWAY_MASTER_KEY: masterKey };
  say(`migrating, and applying ${environments}`);
  const contract = { ...env, DATABASE_URL: databaseUrl, NATS_URL: natsUrl, PUBLIC_URL: publicUrl, HEALTH_PORT: '0' };
  await migrateAndApply(environments, contract);
  const fleet = await startFleet({
    ...{ databaseUrl, natsUrl, publicPort, publicUrl, env },
    onLine: (name, line) => say(`${name.padEnd(11)} | ${line}`),
    onUnexpectedExit: (name, how) => void startAgain(fleet, name, how),
  });
  cleanups.push({ what: 'services', stop: () => fleet.stop() });
  // The way to a database of one's own, password and all, is not ours to write down.
  if (!process.env['DATABASE_URL']) {
    cleanups.push({ what: 'administration', stop: await leaveAddress(data, { databaseUrl, publicUrl }) });
  }
  say('');
  for (const each of fleet.processes) {
    say(
      `${each.name.padEnd(12)} process ${each.pid}  ${each.healthUrl}/readyz${each.url ? `  answers ${each.url}` : ''}`,
    );
  }
  say(`database     ${withoutPassword(databaseUrl)}\nbus          ${withoutPassword(natsUrl)}`);
  say(`change it    GRANTWAY_DATA=.grantway-dev npm run grantway -- apply FILE`);
  say(`\nGrantway answers at ${publicUrl}. Ctrl-C stops everything.\n`);
}

async function database(): Promise<string> {
  const dataDir = join(data, 'postgres');
  const postgres = await startEmbeddedPostgres({ dataDir, databases: ['grantway'], onProgress: say });
  cleanups.push({ what: 'PostgreSQL', stop: () => postgres.stop() });
  return postgres.url('grantway');
}

async function bus(): Promise<string> {
  const nats = await startNats();
  cleanups.push({ what: 'nats-server', stop: () => nats.stop() });
  return nats.url;
}

async function startAgain(fleet: Fleet, name: string, how: string): Promise<void> {
  if (isStopping) return;
  say(`${name} ended (${how}): starting it again`);
  try {
    await fleet.process(name).start();
    say(`${name} is back, process ${fleet.process(name).pid}`);
  } catch (error) {
    await fail(error);
  }
}

async function stopAll(): Promise<void> {
  isStopping = true;
  for (const { what, stop } of cleanups.splice(0).reverse()) {
    say(`stopping ${what}`);
    await stop();
  }
}

async function fail(error: unknown): Promise<void> {
  console.error(error instanceof LocalServiceError ? error.message : error);
  await stopAll();
  process.exit(1);
}

function portFromEnvironment(): number {
  const text = process.env['PORT'] ?? '3000';
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new LocalServiceError(`PORT is "${text}": it must be a number from 1 to 65535.`);
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.href;
}

let interrupts = 0;
function interrupted(): void {
  interrupts += 1;
  if (interrupts === 1) void stopAll().then(() => process.exit(0), fail);
  else if (interrupts === 2) say('still stopping; once more to leave at once');
  else process.exit(130);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);

// npm runs us in a shell and passes SIGTERM to that alone, which dies of it and tells nobody.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent && interrupts === 0) interrupted();
}, 250).unref();
main().catch(fail);
