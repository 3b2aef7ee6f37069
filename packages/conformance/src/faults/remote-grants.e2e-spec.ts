import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../support/app.js';
import type { EnvironmentFile } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { type Answer, basic, postForm, request } from '../support/http.js';
import { DEADLINE, PrivateFleet } from './support/private-fleet.js';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const CIBA = 'urn:openid:params:grant-type:ciba';

/** Seconds; short, so that the end of a lease is soon. */
const [LEASE, AWAY] = [2, 8];

const withDevices = (file: EnvironmentFile) => {
  file.grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE, CIBA];
  const web = file.clients.find(({ id }) => id === 'web') as (typeof file.clients)[0];
  file.clients.push({ ...web, id: 'tv', grantTypes: [DEVICE, CIBA], redirectUris: [], responseTypes: [] });
};

describe('grant services that die, hang and leave (distributed), design section 5', () => {
  let house: PrivateFleet;
  let tv: App;
  let device_code: string;

  beforeAll(async () => {
    const env = { GRANT_LEASE_SECONDS: String(LEASE), GRANT_AWAY_SECONDS: String(AWAY) };
    house = await PrivateFleet.start({ device: 2, ciba: 1 }, withDevices, env);
    tv = house.app('tv');
    const form = { scope: 'openid orders:read' };
    const started = await postForm(`${tv.issuer}/device_authorization`, form, basic('tv', tv.secret as string));
    if (started.status !== 200) throw new Error(`not started: ${started.status} ${started.text}`);
    ({ device_code } = started.json<{ device_code: string }>());
  }, 180_000);
  afterAll(() => house.stop());

  const devices = () => house.fleet.processes.filter(({ name }) => name.startsWith('device-'));
  const discovery = async () =>
    (await request(`${tv.issuer}/.well-known/openid-configuration`)).json<{
      grant_types_supported: string[];
      device_authorization_endpoint?: string;
      backchannel_authentication_endpoint?: string;
    }>();
  const advertised = async (type: string) => (await discovery()).grant_types_supported.includes(type);

  /** What a poll was told, and whether it was told in time. */
  const poll = async (): Promise<string> => {
    const begun = Date.now();
    const answer = await tv.token({ grant_type: DEVICE, device_code });
    if (Date.now() - begun > DEADLINE + 500) return 'late';
    return told(answer);
  };
  const told = ({ status, error, headers }: Answer) =>
    [status, error, status === 503 ? (headers.get('retry-after') ?? 'without Retry-After') : ''].join(' ').trim();

  const WAITING = ['400 authorization_pending', '400 slow_down'];
  const AWAY_FOR_NOW = '503 temporarily_unavailable 1';
  const served = () => eventually(poll, (answer) => WAITING.includes(answer), 30);

  afterEach(async () => {
    // I15: whatever was broken, nobody restarts anything else by hand afterwards.
    expect(WAITING).toContain(await served());
    expect(await eventually(() => advertised(DEVICE), Boolean)).toBe(true);
  });

  it('I9 one of two replicas stops in order: not one poll fails', async () => {
    const answers = new Set<string>();
    let done = false;
    const polling = (async () => {
      while (!done) answers.add(await poll());
    })();
    await sleep(200);
    await house.fleet.process('device-1').stop();
    await sleep(500);
    await house.fleet.process('device-1').start();
    await sleep(500);
    done = true;
    await polling;
    expect([...answers].filter((answer) => !WAITING.includes(answer))).toEqual([]);
    expect(await advertised(DEVICE)).toBe(true);
  });

  it('I2 I4 kill -9 of all: 503 with Retry-After at once, never a hang; then unknown; started again it is back', async () => {
    expect([await advertised(DEVICE), await advertised(CIBA)]).toEqual([true, true]);
    const { device_authorization_endpoint, backchannel_authentication_endpoint } = await discovery();
    expect(device_authorization_endpoint).toBe(`${tv.issuer}/device_authorization`);
    await Promise.all(devices().map((each) => each.kill()));
    expect(await poll()).toBe(AWAY_FOR_NOW);
    expect(
      await eventually(
        () => advertised(DEVICE),
        (is) => !is,
        LEASE + 3,
      ),
    ).toBe(false);
    expect(await poll()).toBe(AWAY_FOR_NOW);
    // RFC 8628 §4: its endpoint goes with it.
    expect(await discovery()).not.toHaveProperty('device_authorization_endpoint');
    // Nobody else notices.
    expect(await advertised(CIBA)).toBe(true);
    expect(await discovery()).toMatchObject({ backchannel_authentication_endpoint });
    expect(told(await tv.token({ grant_type: CIBA, auth_req_id: 'x' }))).toBe('400 invalid_grant');
    expect((await house.app('service').token({ grant_type: 'client_credentials' })).status).toBe(200);

    const answers = new Set<string>();
    const unknown = '400 unsupported_grant_type';
    const last = await eventually(
      async () => {
        const answer = await poll();
        answers.add(answer);
        return answer;
      },
      (answer) => answer === unknown,
      LEASE + AWAY + 5,
    );
    await Promise.all(devices().map((each) => each.start()));
    expect([last, [...answers].sort()]).toEqual([unknown, [unknown, AWAY_FOR_NOW]]);
    // The same code as before: nothing was lost.
    expect(WAITING).toContain(await served());
    const back = await eventually(discovery, (now) => now.device_authorization_endpoint !== undefined);
    expect(back).toMatchObject({ device_authorization_endpoint, backchannel_authentication_endpoint });
  }, 180_000);

  it('I1 I6 a grant service that stands still: 503 inside the deadline, and nobody else waits', async () => {
    const pids = devices().map(({ pid }) => pid as number);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      const [polled, machine] = await Promise.all([
        Promise.all(Array.from({ length: 10 }, poll)),
        house.app('service').token({ grant_type: 'client_credentials' }),
      ]);
      expect(new Set(polled)).toEqual(new Set([AWAY_FOR_NOW]));
      expect(machine.status).toBe(200);
      expect(
        await eventually(
          () => advertised(DEVICE),
          (is) => !is,
          LEASE + 3,
        ),
      ).toBe(false);
      expect(await poll()).toBe(AWAY_FOR_NOW);
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
  });

  it('I2 the bus is killed and comes back: so do the grants, without a restart', async () => {
    await house.killNats();
    await sleep(LEASE * 1_000 + 500);
    await house.startNats();
    const answers = new Set<string>();
    const last = await eventually(
      async () => {
        const answer = await poll().catch(() => 'reset');
        answers.add(answer.replace(/^503.*/, '503'));
        return answer;
      },
      (answer) => WAITING.includes(answer),
      15,
    );
    expect(WAITING).toContain(last);
    // Never a verdict for an outage.
    expect([...answers].filter((answer) => answer !== '503' && !WAITING.includes(answer))).toEqual([]);
  }, 120_000);

  it('I2 a token service that starts knows at once who is there', async () => {
    await house.fleet.process('token-1').stop();
    await house.fleet.process('token-2').restart();
    const answers = await Promise.all(Array.from({ length: 5 }, poll));
    await house.fleet.process('token-1').start();
    expect(answers.filter((answer) => !WAITING.includes(answer))).toEqual([]);
  });
});
