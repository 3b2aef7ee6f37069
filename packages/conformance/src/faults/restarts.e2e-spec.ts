import { Till } from '../support/ciba.js';
import { assertionClaims, assertionForm, ClientKey } from '../support/client-jwt.js';
import { Device } from '../support/device.js';
import { ADA, type EnvironmentFile } from '../support/environments.js';
import { eventually } from '../support/eventually.js';
import { withEveryGrant } from '../support/every-grant.js';
import { postForm } from '../support/http.js';
import { Person } from '../support/person.js';
import { pushed } from '../support/pushed.js';
import { signedOn } from './support/installation.js';
import { MetricsPage } from './support/metrics-page.js';
import { Planting } from './support/planting.js';
import { PrivateFleet } from './support/private-fleet.js';
import { TraceReceiver } from './support/trace-receiver.js';

const CANARIES = {
  secret: 'canary-client-secret-6f1c2a',
  password: 'canary-password-9d3e7b',
  wrongSecret: 'canary-wrong-secret-51aa09',
  wrongPassword: 'canary-wrong-password-c77f10',
  verifier: 'canary-verifier-0123456789-0123456789-0123456789',
  state: 'canary-state-2b8d44',
};

describe('everything killed and started again (distributed)', () => {
  let house: PrivateFleet;
  let receiver: TraceReceiver;
  const user = { username: 'ada', password: CANARIES.password };
  const signer = ClientKey.make();

  beforeAll(async () => {
    receiver = await TraceReceiver.open();
    const change = (file: EnvironmentFile) => {
      withEveryGrant(file);
      const machine = { grantTypes: ['client_credentials'], scopes: ['orders:read'], defaultScopes: ['orders:read'] };
      file.clients.push({ ...machine, id: 'signer', auth: 'private_key_jwt', jwks: { keys: [signer.publicJwk] } });
      for (const client of file.clients) if (client.secret) client.secret = CANARIES.secret;
      for (const entry of file.users) if (entry.username === ADA.username) entry.password = CANARIES.password;
    };
    house = await PrivateFleet.start({ token: 1, authorize: 1 }, change, receiver.env);
  }, 180_000);
  afterAll(async () => {
    await house.stop();
    await receiver.close();
  });

  async function restartEverything(): Promise<void> {
    await Promise.all([...house.fleet.processes.map((each) => each.kill()), house.killPostgres(), house.killNats()]);
    await Promise.all([house.startPostgres(), house.startNats()]);
    await Promise.all(house.fleet.processes.map((each) => each.start()));
  }

  it('CA-07 RT-09 CVE-2026-9802 CVE-2026-68079 CO-01 I1 I2 I14 SE-01 what was spent stays spent, what was counted stays counted, what was issued is good', async () => {
    const [strict, web, service] = [house.app('strict'), house.app('web'), house.app('service')];
    const person = await signedOn(web, user);
    const kept = await web.tokens(user);
    const code = await strict.code(user);
    expect((await strict.redeem(code)).status).toBe(200);
    const unspent = await strict.code(user);
    const { refresh_token: old } = await strict.tokens(user);
    const { refresh_token: current } = (await strict.refresh(old)).json<{ refresh_token: string }>();
    const keys = await (await fetch(`${web.issuer}/jwks`)).text();
    const guesser = new Person(web.baseUrl);
    let page = await guesser.follow(web.authorizeUrl());
    for (let tries = 0; tries < 12 && page.status !== 429; tries += 1)
      page = await guesser.signOn(page, 'grace', 'wrong');
    expect(page.status).toBe(429);

    const assertion = assertionForm(signer.jwt(assertionClaims('signer', web.issuer)));
    const present = () => postForm(`${web.issuer}/token`, { grant_type: 'client_credentials', ...assertion });
    expect((await present()).status).toBe(200);

    await restartEverything();

    expect((await present()).error).toBe('invalid_client');
    expect((await strict.redeem(code)).error).toBe('invalid_grant');
    // Grace is over, so this is a theft, and its family ends.
    expect((await strict.refresh(old)).error).toBe('invalid_grant');
    expect((await strict.refresh(current)).error).toBe('invalid_grant');
    expect((await strict.redeem(unspent)).status).toBe(200);
    expect((await web.userInfo(kept.access_token)).status).toBe(200);
    expect((await web.refresh(kept.refresh_token)).status).toBe(200);
    expect((await person.get(web.authorizeUrl({ prompt: 'none' }))).location).toMatch(/[?&]code=/);
    expect((await service.token({ grant_type: 'client_credentials' })).status).toBe(200);
    expect(await (await fetch(`${web.issuer}/jwks`)).text()).toBe(keys);
    // The right password waits as well, and the flow goes on where it stood.
    expect((await guesser.signOn(page, 'grace', 'another horse battery')).status).toBe(429);
  }, 180_000);

  it('HT-06 nothing secret is printed, at the most talkative log level, whatever goes right or wrong', async () => {
    const web = house.app('web');
    const person = new Person(web.baseUrl);
    const verifier = { code_challenge: undefined, code_challenge_method: undefined };
    let page = await person.follow(web.authorizeUrl({ state: CANARIES.state, ...verifier }));
    page = await person.signOn(page, user.username, CANARIES.wrongPassword);
    const { csrf = '' } = page.hiddenFields();
    const answer = await person.signOn(page, user.username, user.password);
    const { code = '' } = answer.params();
    await web.redeem(code, { code_verifier: CANARIES.verifier });
    const { access_token, id_token, refresh_token } = (await web.redeem(code, { code_verifier: undefined })).json<
      Record<string, string>
    >();
    const wrong = house.app('strict');
    await web.token({ grant_type: 'client_credentials', client_secret: CANARIES.wrongSecret });
    await wrong.refresh(refresh_token ?? '');
    await web.userInfo(access_token ?? '');
    await web.userInfo(`${access_token}x`);
    const next = (await web.refresh(refresh_token ?? '')).json<Record<string, string>>();
    await person.get(web.authorizeUrl({ prompt: 'none', id_token_hint: id_token as string }));
    const { device_code, user_code } = await new Device(house.app('console')).start();
    const { auth_req_id } = await new Till(house.app('till')).ask({ login_hint: user.username });
    const requestUri = await pushed(web);
    // Errors from below are told with all their details; those must not be the values.
    await house.stopPostgres();
    await Promise.all([web.redeem(code), web.refresh(next['refresh_token'] ?? ''), web.userInfo(access_token ?? '')]);
    await Promise.all([
      person.get(web.authorizeUrl({ prompt: 'none' })),
      person.signOn(page, user.username, user.password),
    ]);
    await house.startPostgres();

    const cookies = ['ST', 'SB'].map((name) => person.cookie(`${name}-${web.environment}`) ?? '');
    const secrets = {
      ...CANARIES,
      csrf,
      code,
      access_token,
      id_token,
      refresh_token,
      next: next['refresh_token'],
      session: cookies[0],
      browser: cookies[1],
      device_code,
      user_code,
      auth_req_id,
      requestUri,
    };
    const told = await everythingTold();
    for (const [name, secret] of Object.entries({ ...secrets, master: house.installation.masterKey })) {
      expect([name, (secret ?? '').length > 8]).toEqual([name, true]);
      // The part behind the dot is what opens a handle; what stands before it is a name.
      const telling = (secret ?? '').split('.').at(-1) as string;
      for (const [where, text] of Object.entries(told)) {
        expect([name, where, text.includes(telling)]).toEqual([name, where, false]);
      }
    }
  }, 180_000);

  it('HT-06 recipe 27 a canary in every input of every door and of the bus is in no log, no trace and no metric', async () => {
    const app = (id?: string) => house.app(id);
    const { baseUrl, environment: id, issuer } = app();
    const planting = new Planting(baseUrl, { id, issuer, app });
    await planting.everywhere(house.natsPort);
    const told = await everythingTold();
    expect(planting.canaries.count).toBeGreaterThan(5_000);
    for (const [where, text] of Object.entries(told))
      expect([where, planting.canaries.foundIn(text)]).toEqual([where, []]);
  }, 180_000);

  /** By everything that tells, once it has. */
  async function everythingTold(): Promise<Record<'logs' | 'traces' | 'metrics', string>> {
    // Said last, it is told last.
    const { headers } = await house.app('service').token({ grant_type: 'client_credentials' });
    const id = headers.get('x-request-id') as string;
    const isTold = () =>
      [house.installation.output, receiver.bodies].every((all) => all.some((text) => text.includes(id)));
    expect(await eventually(async () => isTold(), Boolean)).toBe(true);
    const pages = await Promise.all(house.fleet.processes.map(({ healthUrl }) => MetricsPage.of(healthUrl)));
    const told = {
      logs: house.installation.output.join('\n'),
      traces: receiver.bodies.join('\n'),
      metrics: pages.map(({ text }) => text).join('\n'),
    };
    for (const text of Object.values(told)) expect(text.length).toBeGreaterThan(2_000);
    return told;
  }
});
