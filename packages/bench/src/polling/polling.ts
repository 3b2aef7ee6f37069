import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { atTheEnd } from '../contenders/at-the-end.js';
import { type Distributed, startDistributed } from '../contenders/grantway/distributed.js';
import { cpuByName } from '../measure/by-name.js';
import { cpuOf } from '../measure/processes.js';
import { Exchanges } from './exchanges.js';
import { HelperProcess } from './helper-process.js';
import type { Polled, PollingOrder } from './poller.js';
import { type Ration, ration } from './ration.js';
import { print } from './report.js';
import { CONDITIONS, type Condition, complaintsOf, type Seen } from './verdict.js';

const ROUND_MS = 8_000;
/** Enough that one who waits does not keep the others from their turn. */
const BROWSERS = 16;
/** Exchanges a second. */
const RATE = 50;
/** Each may ask every five seconds (RFC 8628 §3.5), and they are to ask without a pause. */
const DEVICES = 14_400;
/** Until what the round before put off is written, and pollers have reached their pace. */
const SETTLING = 1_000;
const WARM_UP = 5_000;

type Pollers = HelperProcess<{ readonly order: PollingOrder }, Polled>;

interface Scene {
  readonly house: Distributed;
  readonly exchanges: Exchanges;
  readonly pollers: Pollers;
  /** Of a core, for each device process; undefined: as much as it takes. */
  readonly share: number | undefined;
}

/**
 * Saturates the device service with pending polls while browsers exchange authorization codes, then scales it alone.
 *
 * The service has a share of a core, as a pod has a limit: without one two cores are simply full, and what is measured is the machine.
 * `--cores 0.2` gives it more, `--unrationed` all there is, `--rounds 3` takes fewer turns, `--at-once 16` polls fewer devices at a time.
 *
 * @returns whether exchanges were hardly slower and the second process gained
 */
export async function polling(say: (line: string) => void, args: readonly string[]): Promise<boolean> {
  const { share, rounds: many, atOnce } = readArguments(args);
  const end = atTheEnd();
  try {
    const house = await startDistributed({ replicas: { device: 2 } });
    end.first(() => house.stop());
    await house.process('device-2').stop();
    const pollers: Pollers = HelperProcess.start(new URL('./poller.js', import.meta.url));
    end.first(() => pollers.stop());
    say(`${DEVICES} devices ask for a code`);
    await pollers.ask({ order: { target: house.target, devices: DEVICES, at: atOnce } });
    const exchanges = await Exchanges.open(house.target, BROWSERS);
    end.first(async () => exchanges.close());
    const scene: Scene = { house, exchanges, pollers, share };

    await look(scene, 'one device process', 3_000); // Not counted: everything is warm afterwards.
    const rounds = new Map<Condition, Seen[]>(CONDITIONS.map((condition) => [condition, []]));
    for (let n = 1; n <= many; n += 1) {
      let stolen = 0;
      for (const condition of CONDITIONS) {
        say(`round ${n} of ${many}: ${condition}`);
        const seen = await look(scene, condition, ROUND_MS, stolen);
        rounds.get(condition)?.push(seen);
        if (condition === 'nobody polls') stolen -= coresOf(seen);
        if (condition === 'one device process') stolen += coresOf(seen);
      }
    }
    print(rounds, share, say);
    const complaints = complaintsOf(rounds, share !== undefined);
    say(complaints.length === 0 ? '\nwithin the limits' : `\nbeyond the limits: ${complaints.join('; ')}`);
    return complaints.length === 0;
  } finally {
    await end.now();
  }
}

function readArguments(args: readonly string[]): { share: number | undefined; rounds: number; atOnce: number } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ cores: { type: 'string' }, unrationed: { type: 'boolean' }, rounds: { type: 'string' } },
      'at-once': { type: 'string' },
    },
  });
  const [cores, rounds] = [Number(values.cores ?? 0.1), Number(values.rounds ?? 5)];
  const atOnce = Number(values['at-once'] ?? 80);
  if (!(cores >= 0.02 && cores <= 8)) throw new Error('--cores takes a number from 0.02 to 8');
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50) throw new Error('--rounds takes a number from 1 to 50');
  // The token service leaves the device service no more than GRANT_IN_FLIGHT to answer; beyond it is 503 at once.
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > 100)
    throw new Error('--at-once takes a number from 1 to 100');
  return { share: values.unrationed ? undefined : cores, rounds, atOnce };
}

/**
 * One condition of one round.
 *
 * @param stolen cores that a stranger is to burn
 */
async function look(scene: Scene, condition: Condition, length: number, stolen = 0): Promise<Seen> {
  const end = atTheEnd();
  try {
    await set(scene, condition, stolen, end);
    const requests = (RATE * length) / 1_000;
    await scene.exchanges.stock(requests);
    const polls = condition.endsWith('process') || condition.endsWith('processes');
    if (polls) await scene.pollers.ask({ order: 'begin' });
    await sleep(SETTLING);
    const [from, before] = [performance.now(), cpu(scene)];
    const exchanged = await scene.exchanges.run(requests, RATE);
    const seconds = (performance.now() - from) / 1_000;
    const cores = new Map([...cpu(scene)].map(([name, used]) => [name, (used - (before.get(name) ?? 0)) / seconds]));
    const polled = polls ? await scene.pollers.ask({ order: 'end' }) : undefined;
    return { exchanged, cores, ...(polled && { polled }) };
  } finally {
    await end.now();
  }
}

/** Makes the condition true. */
async function set(scene: Scene, condition: Condition, stolen: number, end: ReturnType<typeof atTheEnd>) {
  const { house, pollers } = scene;
  if (condition === 'two device processes') {
    await house.process('device-2').start();
    end.first(async () => void (await house.process('device-2').stop()));
    // Compiled code is what a process that serves has; with a share of a core it would take a minute to get it.
    await pollers.ask({ order: 'begin' });
    await sleep(WARM_UP);
    await pollers.ask({ order: 'end' });
  }
  if (condition === 'a stranger instead') {
    const processes = Math.max(1, Math.ceil(stolen));
    for (let n = 0; n < processes; n += 1) {
      const stranger = HelperProcess.start<{ share: number }, object>(new URL('./stranger.js', import.meta.url));
      end.first(() => stranger.stop());
      await stranger.ask({ share: stolen / processes });
    }
  }
  for (const name of condition === 'two device processes' ? ['device-1', 'device-2'] : ['device-1']) {
    const given = rationFor(house.process(name).pid ?? 0, scene.share);
    if (given) end.first(async () => given.end());
  }
}

function rationFor(pid: number, share: number | undefined): Ration | undefined {
  if (share === undefined) return undefined;
  const given = ration(pid, share);
  if (given) return given;
  throw new Error('no right to ration processor time here (Linux, root, control groups): ask with --unrationed');
}

/** Seconds of processor time so far, by process; the pollers' too, since they take it from the same cores. */
function cpu({ house, pollers }: Scene): Map<string, number> {
  return cpuByName(house).set('who polls', cpuOf(pollers.pid).own);
}

function coresOf({ cores }: Seen): number {
  return [...cores.values()].reduce((sum, each) => sum + each, 0);
}
