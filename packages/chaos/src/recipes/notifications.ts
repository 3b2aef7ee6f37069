import { setTimeout as sleep } from 'node:timers/promises';
import { Approver, type Asked, eventually, Person, Receiver, requestId, Till } from '@grantway/conformance';
import { APPROVERS, ENVIRONMENT, type Someone, withPing } from '../house/environment.js';
import type { Recipe } from '../recipe.js';
import type { Trial } from '../trial.js';

/** How long a receiver that hangs keeps us waiting, at most: longer than anybody has patience for. */
const KINDS = ['good', 'hangs', 'fails first'] as const;
type Kind = (typeof KINDS)[number];

const tillOf = (kind: Kind) => `ping-${kind.replace(' ', '-')}`;

/** Back-channel logout is not there yet: the deliveries that are, CIBA's pings, go the same way through the same jobs. */
export const notifications: Recipe = {
  number: 18,
  title: 'notifications: receivers that are good, hang, fail first; CIBA processes and NATS killed at random',
  underLoad: true,
  async run(trial) {
    const receivers = await openReceivers();
    try {
      await trial.house.change((file) => {
        for (const kind of KINDS) withPing(file, tillOf(kind), receivers[kind].url);
      });
      const approved = await underKills(trial, () => approvals(trial, trial.lasts(40)));
      for (const kind of KINDS) await proveDelivered(trial, kind, receivers[kind], approved[kind]);
    } finally {
      await Promise.all(KINDS.map((kind) => receivers[kind].close()));
    }
  },
};

async function openReceivers(): Promise<Record<Kind, Receiver>> {
  const seen = new Set<number>();
  return {
    good: await Receiver.open(),
    hangs: await Receiver.open(() => {}),
    'fails first': await Receiver.open((response, time) => {
      // Every odd delivery meets a server that is in trouble.
      seen.add(time);
      response.writeHead(seen.size % 2 === 1 ? 500 : 204).end();
    }),
  };
}

/** Asks and approves in turn for every kind. @returns the requests whose approval was seen by the person */
async function approvals(trial: Trial, hasTime: () => boolean): Promise<Record<Kind, Asked[]>> {
  const { house, load } = trial;
  const honest = load.honest('notified');
  const approved: Record<Kind, Asked[]> = { good: [], hangs: [], 'fails first': [] };
  const approvers = APPROVERS.map((someone) => ({ someone, approver: approverOf(trial, someone) }));
  let turn = 0;
  while (hasTime()) {
    for (const kind of KINDS) {
      const till = new Till(house.app(tillOf(kind)));
      turn += 1;
      const { someone, approver } = approvers[turn % approvers.length] as (typeof approvers)[0];
      const hint = { login_hint: someone.username, client_notification_token: till.notificationToken };
      const { answer } = await honest.insist('start', () => till.request({ ...hint, requested_expiry: '300' }));
      const asked = answer?.json<Asked>();
      if (!asked) continue;
      // Until it is approved: each may have three open requests.
      for (let tries = 0; tries < 100; tries += 1) {
        const page = await honest.once('approvals', () => approver.look());
        if (page?.text.includes(requestId(asked))) {
          await honest.once('approve', async () =>
            approver.person.settle(await approver.press(page, asked, 'approve')),
          );
        } else if (page) break;
        await sleep(100);
      }
      approved[kind].push(asked);
    }
  }
  return approved;
}

function approverOf({ house: { publicUrl } }: Trial, someone: Someone): Approver {
  return new Approver({ id: ENVIRONMENT }, new Person(publicUrl), publicUrl, someone);
}

/** Kills a CIBA process or NATS every second or two until the work is done. */
async function underKills<T>(trial: Trial, work: () => Promise<T>): Promise<T> {
  const { house, random } = trial;
  let isDone = false;
  const killing = (async () => {
    while (!isDone) {
      await sleep(random.between(1_000, 3_000));
      const victim = random.pick(['ciba-1', 'ciba-2', 'NATS']);
      trial.fault(`SIGKILL ${victim}`);
      if (victim === 'NATS') {
        await house.crashNats();
        await house.startNats();
      } else {
        await house.process(victim).kill();
        await house.process(victim).start();
      }
    }
  })();
  try {
    return await work();
  } finally {
    isDone = true;
    await killing;
  }
}

/** I7: each arrived at least once; where the receiver answered, each is marked as told. */
async function proveDelivered(trial: Trial, kind: Kind, receiver: Receiver, approved: readonly Asked[]): Promise<void> {
  const { house } = trial;
  const arrived = () => new Set(receiver.received.map(({ body }) => body['auth_req_id']));
  const lacking = async () => {
    // What waits to be tried again is tried now, and a job that a killed process had in hand is free.
    await house.sql(
      `UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL AND run_at > now()`,
    );
    const ids = approved.map(requestId);
    const told = await house.sql<{ id: string }>(
      'SELECT id FROM backchannel_request WHERE id = ANY($1::uuid[]) AND notified_at IS NOT NULL',
      [ids],
    );
    const notArrived = approved.filter(({ auth_req_id }) => !arrived().has(auth_req_id)).length;
    return { notArrived, notTold: kind === 'hangs' ? 0 : approved.length - told.length };
  };
  const left = await eventually(lacking, ({ notArrived, notTold }) => notArrived + notTold === 0, 60);
  const counts = `${approved.length} approvals, ${receiver.received.length} deliveries`;
  const isHeld = approved.length > 0 && left.notArrived + left.notTold === 0;
  trial.claim(
    'I7',
    isHeld,
    `receiver that ${kind === 'good' ? 'is good' : kind}: ${counts}, ${left.notArrived} never arrived, ${left.notTold} not marked`,
  );
}
