import { Approver, requestId, Till } from '../support/ciba.js';
import { Device } from '../support/device.js';
import { addressOf, DOORS } from '../support/doors.js';
import { ADA } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import {
  ACCESS_TOKEN,
  type ClientDoor,
  clientDoors,
  EXCHANGE,
  knock,
  PASSWORD,
  withEveryGrant,
} from '../support/every-grant.js';
import { ApiFlow } from '../support/flow.js';
import { type Answer, basic, request } from '../support/http.js';
import { Person } from '../support/person.js';
import { pushed, pushedUrl } from '../support/pushed.js';
import { PrivateFleet } from './support/private-fleet.js';
import { outcomeOf } from './support/traffic.js';

describe('IR-04 every door while something it needs is away (distributed)', () => {
  let house: PrivateFleet;

  beforeAll(async () => {
    house = await PrivateFleet.start({ token: 1, authorize: 1 }, withEveryGrant);
  }, 180_000);
  afterAll(() => house.stop());

  const served = () =>
    eventually(
      () => house.app('service').token({ grant_type: 'client_credentials' }),
      ({ status }) => status === 200,
      10,
    );

  /** Good and bad requests of every kind; not one of them can be judged without the database. */
  async function requests(): Promise<Record<string, () => Promise<Answer>>> {
    const app = house.app();
    const tenant = { id: app.environment, issuer: app.issuer, app: (id?: string) => house.app(id) };
    const [device, till] = [new Device(house.app('console')), new Till(house.app('till'))];
    const [started, asked] = [await device.start(), await till.ask({ login_hint: ADA.username })];
    const { access_token, refresh_token } = await app.tokens(ADA);
    const uri = await pushed(app);
    const approver = new Approver(tenant, new Person(app.baseUrl), app.baseUrl);
    await approver.look();
    const flow = await ApiFlow.begin(app, approver.person, { prompt: 'login' });
    const exchange = { grant_type: EXCHANGE, subject_token: access_token, subject_token_type: ACCESS_TOKEN };
    const doors = clientDoors(tenant);
    const introspect = doors[2] as ClientDoor;
    const wrong = `${access_token.slice(0, -5)}AAAAA`;
    return {
      ...Object.fromEntries(doors.map((door) => [door.path, () => knock(tenant, door)])),
      // What cannot be ours needs no looking up (RFC 7009 §2.2).
      revoke: () => knock(tenant, doors[3] as ClientDoor, { token: refresh_token }),
      'introspect, a spoiled token': () => knock(tenant, introspect, { token: wrong }),
      'introspect, a wrong secret': () => knock(tenant, introspect, {}, basic('web', 'wrong')),
      'poll of a device': () => device.poll(started),
      'poll of a device, unknown': () => device.poll({ device_code: `${started.device_code.slice(0, -5)}AAAAA` }),
      'poll of a backchannel request': () => till.poll(asked),
      'poll of one, unknown': () => till.poll({ auth_req_id: `${asked.auth_req_id.slice(0, -5)}AAAAA` }),
      exchange: () => app.token(exchange),
      password: () => house.app('kiosk').token({ grant_type: PASSWORD, ...ADA, scope: 'openid' }),
      'password, wrong': () =>
        house.app('kiosk').token({ grant_type: PASSWORD, ...ADA, password: 'x', scope: 'openid' }),
      'pushed request': () => approver.person.get(pushedUrl(app, uri)),
      'pushed request, unknown': () => request(pushedUrl(app, `${uri.slice(0, -5)}AAAAA`)),
      'flow, read': () => flow.read(),
      'flow, driven': () => flow.signOn(),
      'flow, driven wrongly': () => flow.signOn({ ...ADA, password: 'x' }),
      'device page': () => request(started.verification_uri),
      'approvals page': () => approver.person.get(approver.url),
      'approvals list': () => approver.api(),
      'approvals, answered': () => approver.api(`/${requestId(asked)}`, 'approve'),
      'sign-off': () => approver.person.get(`${app.issuer}/signoff`),
    };
  }

  it('IR-04 I4 PostgreSQL stopped: 503 with Retry-After, never a verdict; back, everything is as it was', async () => {
    const sendings = await requests();
    await house.stopPostgres();
    try {
      const names = Object.keys(sendings);
      const outcomes = await Promise.all(
        names.map(async (name) => [name, await outcomeOf(sendings[name]?.() as Promise<Answer>, () => false)]),
      );
      expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(names.map((name) => [name, 'unavailable'])));
    } finally {
      await house.startPostgres();
    }
    expect((await served()).status).toBe(200);
    const pending = ['poll of a device', 'poll of a backchannel request'];
    for (const name of pending)
      expect(['authorization_pending', 'slow_down']).toContain((await sendings[name]?.())?.error);
    for (const name of [
      'exchange',
      'password',
      'par',
      'introspect',
      'revoke',
      'device_authorization',
      'approvals list',
    ]) {
      const answer = (await sendings[name]?.()) as Answer;
      expect([name, answer.status < 300 || answer.text]).toEqual([name, true]);
    }
    expect((await sendings['approvals, answered']?.())?.status).toBe(200);
    expect((await sendings['flow, driven']?.())?.json()).toMatchObject({
      status: expect.stringMatching(/CONSENT|COMPLETED/),
    });
    expect((await sendings['pushed request']?.())?.status).toBeLessThan(400);
  }, 180_000);

  it('I4 I15 recipe 6 the bus stopped: 503 with Retry-After at every door but the documents, within the deadline', async () => {
    const app = house.app();
    const at = { baseUrl: app.baseUrl, id: app.environment };
    const knockAt = (door: (typeof DOORS)[number], method: string) =>
      request(addressOf(door, at), {
        method,
        ...(method === 'POST' && {
          body: door.body === 'action' ? '{}' : 'x=1',
          headers: {
            'content-type':
              door.body === 'action'
                ? 'application/vnd.pingidentity.approve+json'
                : 'application/x-www-form-urlencoded',
          },
        }),
      });
    // Remembered by the gateway from now on.
    for (const door of DOORS.filter(({ cached }) => cached)) expect((await knockAt(door, 'GET')).status).toBe(200);
    await house.killNats();
    try {
      await eventually(
        () => house.missing('gateway-1'),
        (missing) => missing.includes('bus'),
      );
      for (const door of DOORS) {
        for (const method of door.methods) {
          const outcome = await outcomeOf(knockAt(door, method));
          expect([method, door.path, outcome]).toEqual([method, door.path, door.cached ? 'ok' : 'unavailable']);
        }
      }
    } finally {
      await house.startNats();
    }
    expect((await served()).status).toBe(200);
    expect(
      await eventually(
        async () => (await new Device(house.app('console')).request()).status,
        (status) => status === 200,
      ),
    ).toBe(200);
  }, 180_000);
});
