import { setTimeout as sleep } from 'node:timers/promises';
import { Approver, type Asked, aTill, Till, withTills } from '../support/ciba.js';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { Person } from '../support/person.js';
import { Receiver } from '../support/receiver.js';
import { sql } from './support/installation.js';
import { PrivateFleet } from './support/private-fleet.js';

describe('a CIBA service that dies between approval and notification (distributed)', () => {
  let house: PrivateFleet;
  let receiver: Receiver;
  let ada: Approver;
  /** How the receiver answers now. */
  let hangs = false;

  beforeAll(async () => {
    receiver = await Receiver.open((response) => {
      if (!hangs) response.writeHead(204).end();
    });
    house = await PrivateFleet.start({ token: 1, authorize: 1, device: 1, ciba: 1 }, (file) => {
      withTills(file);
      for (const delivery of ['ping', 'push'] as const) {
        file.clients.push(aTill(file, { id: delivery, backchannel: { delivery, notificationEndpoint: receiver.url } }));
      }
    });
    const { publicUrl } = house.fleet;
    const app = house.app('ping');
    ada = new Approver({ id: app.environment }, new Person(publicUrl), publicUrl, ADA);
    await ada.look();
  }, 270_000);
  afterAll(async () => {
    await house.stop();
    await receiver.close();
  });

  const ask = (id: string): Promise<Asked> => {
    const till = new Till(house.app(id));
    return till.ask({ login_hint: ADA.username, client_notification_token: till.notificationToken });
  };
  const waitingJobs = async () =>
    (await sql(house.databaseUrl, `SELECT 1 FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL`)).length;

  it.each(['ping', 'push'])(
    'I7 D kill -9 while the %s is under way: it arrives after the restart',
    async (delivery) => {
      hangs = true;
      const asked = await ask(delivery);
      await ada.answer(asked);
      // In hand: the receiver has it, and nobody has recorded that it was taken.
      expect(await receiver.about(asked.auth_req_id)).toHaveLength(1);
      expect(await waitingJobs()).toBe(1);
      await house.fleet.process('ciba-1').kill();
      hangs = false;
      await sleep(300);
      await house.fleet.process('ciba-1').start();
      const [, again] = await receiver.about(asked.auth_req_id, 2, 30);
      expect(again?.body['auth_req_id']).toBe(asked.auth_req_id);
      const answer = await new Till(house.app(delivery)).poll(asked);
      expect([answer.status, answer.error]).toEqual(
        delivery === 'ping' ? [200, undefined] : [400, 'unauthorized_client'],
      );
    },
    180_000,
  );

  it('I7 D kill -9 in the moment of the approval: whatever the person saw, decision and ping go together', async () => {
    const asked = await ask('ping');
    const page = await ada.look();
    const [pressed] = await Promise.allSettled([
      ada.press(page, asked, 'approve'),
      house.fleet.process('ciba-1').kill(),
    ]);
    expect(pressed.status === 'rejected' || [303, 503].includes(pressed.value.status)).toBe(true);
    await house.fleet.process('ciba-1').start();
    const till = new Till(house.app('ping'));
    const polled = await eventually(
      () => till.poll(asked),
      ({ status }) => status < 500,
      10,
    );
    if (polled.status === 200) expect(await receiver.about(asked.auth_req_id, 1, 30)).not.toEqual([]);
    else expect(['authorization_pending', 'slow_down']).toContain(polled.error);
  }, 180_000);

  it('I4 I15 without the CIBA service: discovery without the grant, 503 at its doors and for polls; it comes back by itself', async () => {
    const asked = await ask('ping');
    const till = new Till(house.app('ping'));
    await house.fleet.process('ciba-1').kill();
    const gone = await eventually(
      () => till.poll(asked),
      ({ status }) => status === 503,
      5,
    );
    expect(gone.status).toBe(503);
    expect((await till.request({ client_notification_token: till.notificationToken })).status).toBe(503);
    await house.fleet.process('ciba-1').start();
    const back = await eventually(
      () => till.poll(asked),
      ({ status }) => status === 400,
      10,
    );
    expect(['authorization_pending', 'slow_down']).toContain(back.error);
  }, 180_000);
});
