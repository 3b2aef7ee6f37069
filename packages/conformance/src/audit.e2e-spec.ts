import { setTimeout as sleep } from 'node:timers/promises';
import { grantway } from './support/admin.js';
import { Approver, aTill, CIBA, requestId, Till } from './support/ciba.js';
import { Storage } from './support/database.js';
import { answerDevice, Device, enterCode, withDevices } from './support/device.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { basic, postForm } from './support/http.js';
import { Person } from './support/person.js';
import { Receiver } from './support/receiver.js';
import { target } from './support/target.js';

interface Event {
  readonly id: string;
  readonly time: string;
  readonly event: string;
  readonly outcome: string;
  readonly [field: string]: unknown;
}

const CANARIES = {
  password: 'canary-password-9d3e7b',
  wrongPassword: 'canary-wrong-password-c77f10',
  wrongName: 'canary-name-that-is-a-password-e2',
  wrongSecret: 'canary-wrong-secret-51aa09',
  wrongClient: 'canary-client-that-is-a-secret-77',
  verifier: 'canary-verifier-0123456789-0123456789-0123456789',
  state: 'canary-state-2b8d44',
  nonce: 'canary-nonce-1c77aa',
};

describe('audit events, house', () => {
  let tenant: Tenant;
  const storage = new Storage();
  const user = { username: 'ada', password: CANARIES.password };

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      for (const client of file.clients) if (client.id === 'web') Object.assign(client, { refresh: { grace: 0 } });
      for (const entry of file.users) if (entry.username === ADA.username) entry.password = CANARIES.password;
    });
  });
  afterAll(() => storage.close());

  const events = async (...more: string[]): Promise<Event[]> => {
    const said = await grantway('audit', tenant.id, '--json', ...more);
    return said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Event] : []));
  };
  /** Those of these names, once there are so many. */
  const seen = async (count: number, ...more: string[]): Promise<Event[]> => {
    const found = await eventually(
      () => events(...more),
      ({ length }) => length >= count,
    );
    expect(found.length).toBeGreaterThanOrEqual(count);
    return found.slice(-count);
  };

  it('house: an environment that was made by a file: who did it, and what', async () => {
    const [first] = await seen(1, '--event', 'environment.apply');
    expect(first).toMatchObject({ environment: tenant.id, outcome: 'ok', actor: expect.stringMatching(/./) });
    expect(JSON.stringify(first?.['detail'])).toContain('web');
    await tenant.apply();
    expect(await events('--event', 'environment.apply')).toHaveLength(1);
    await tenant.change((file) => {
      file.name = 'Another name';
    });
    const [, second] = await seen(2, '--event', 'environment.apply');
    expect(second?.['detail']).toMatchObject({ created: [], removed: [] });
  });

  it('house: a sign-in from the wrong password to the tokens: one request each, the same person, client and authorization', async () => {
    const app = tenant.app();
    const person = new Person(app.baseUrl);
    const page = await person.follow(app.authorizeUrl());
    await person.signOn(page, user.username, CANARIES.wrongPassword);
    await person.signOn(page, CANARIES.wrongName, CANARIES.wrongPassword);
    let answer = await person.signOn(page, user.username, user.password);
    answer = await person.consent(answer);
    const tokens = (await app.redeem(answer.params()['code'] ?? '')).json<Record<string, string>>();
    await app.refresh(tokens['refresh_token'] ?? '');

    const issued = await seen(2, '--event', 'token.issue', '--client', 'web');
    const [known, unknown] = await seen(2, '--event', 'user.sign_on', '--outcome', 'refused');
    const [signedOn] = await seen(1, '--event', 'user.sign_on', '--outcome', 'ok');
    const [consent] = await seen(1, '--event', 'user.consent');
    const [answered] = await seen(1, '--event', 'authorization.answer');
    const who = { sub: signedOn?.['sub'], client_id: 'web', outcome: 'ok', sid: signedOn?.['sid'] };
    expect(known).toMatchObject({ outcome: 'access_denied', reason: 'sign_on.wrong', sub: who.sub, client_id: 'web' });
    expect(unknown).toMatchObject({ outcome: 'access_denied', reason: 'sign_on.wrong', client_id: 'web' });
    expect(unknown).not.toHaveProperty('sub');
    for (const event of [signedOn, consent, answered, ...issued]) expect(event).toMatchObject(who);
    expect(who.sub).toEqual(expect.any(String));
    expect(issued.map((event) => event['grant_type'])).toEqual(['authorization_code', 'refresh_token']);
    expect(issued[0]?.['authorization_id']).toBe(issued[1]?.['authorization_id']);
    expect(issued[0]?.['scope']).toContain('openid');
    for (const event of issued) {
      expect(event).toMatchObject({ ip: expect.stringMatching(/./), request_id: expect.stringMatching(/./) });
      expect(Math.abs(Date.parse(event.time) - Date.now())).toBeLessThan(60_000);
    }
    // By name as well as by id, and nobody else's.
    const hers = await events('--user', 'ada');
    expect(new Set(hers.map((event) => event['sub']))).toEqual(new Set([who.sub]));
    expect(hers.length).toBeGreaterThanOrEqual(6);
  });

  it('CO-01 RT-02 a replayed code and a reused refresh token: whose they were, and why', async () => {
    const app = tenant.app();
    const code = await app.code(user);
    const { refresh_token } = (await app.redeem(code)).json<{ refresh_token: string }>();
    const other = await app.tokens(user);
    await app.refresh(other.refresh_token);
    await sleep(1_000); // What comes sooner counts as a race.
    await app.redeem(code);
    await app.refresh(other.refresh_token);
    await app.refresh(refresh_token);
    const [replayed, reused, revoked] = await seen(3, '--outcome', 'invalid_grant');
    const who = { client_id: 'web', sub: expect.any(String), authorization_id: expect.any(String) };
    expect(replayed).toMatchObject({ ...who, reason: 'authorization_code.replayed', grant_type: 'authorization_code' });
    expect(reused).toMatchObject({ ...who, reason: 'refresh_token.reused', grant_type: 'refresh_token' });
    expect(revoked).toMatchObject({ ...who, reason: 'refresh_token.revoked' });
    expect(revoked?.['authorization_id']).toBe(replayed?.['authorization_id']);
  });

  it('X12 a client with a wrong secret is named; one that is none is not, whatever it called itself', async () => {
    const form = { grant_type: 'client_credentials' };
    const url = `${tenant.issuer}/token`;
    await postForm(url, form, basic('service', CANARIES.wrongSecret));
    await postForm(url, form, basic(CANARIES.wrongClient, SECRET));
    await postForm(url, { ...form, client_id: CANARIES.wrongClient, client_secret: CANARIES.wrongSecret });
    const [named, ...strangers] = await seen(3, '--outcome', 'invalid_client');
    expect(named).toMatchObject({ event: 'token.issue', client_id: 'service', reason: 'client_auth.wrong_secret' });
    for (const stranger of strangers) expect(stranger).not.toHaveProperty('client_id');
  });

  it('RFC 7009 a revocation: what was given back, and whose it was', async () => {
    const app = tenant.app();
    const { refresh_token, access_token } = await app.tokens(user);
    const revoke = (token: string) =>
      postForm(`${tenant.issuer}/revoke`, { token }, basic(app.clientId, app.secret ?? ''));
    for (const token of [access_token, refresh_token, refresh_token.replace(/.$/, '_')]) await revoke(token);
    const [access, refresh, nothing] = await seen(3, '--event', 'token.revoke');
    expect(access).toMatchObject({ client_id: 'web', sub: expect.any(String), detail: { kind: 'access_token' } });
    expect(refresh).toMatchObject({ sub: access?.['sub'], detail: { kind: 'refresh_token' } });
    expect(refresh).toMatchObject({ authorization_id: expect.any(String), outcome: 'ok' });
    expect(nothing).toMatchObject({ outcome: 'ok', reason: 'token.nothing_to_revoke' });
  });

  it('house: an administrator’s service account, each change at once', async () => {
    const account = ['--client', 'service', '--scopes', 'orders:read'];
    await grantway('service-account', 'create', tenant.id, 'night', ...account);
    await grantway('service-account', 'disable', tenant.id, 'night');
    await grantway('service-account', 'disable', tenant.id, 'night');
    await grantway('service-account', 'delete', tenant.id, 'night');
    const changes = (await events()).filter(({ event }) => event.startsWith('service_account.'));
    expect(changes.map(({ event }) => event)).toEqual([
      ...['service_account.create', 'service_account.disable', 'service_account.delete'],
    ]);
    for (const change of changes) expect(change).toMatchObject({ sub: 'night', actor: expect.any(String) });
  });

  describe('where a person is elsewhere', () => {
    let receiver: Receiver;
    beforeAll(async () => {
      receiver = await Receiver.open((response) => void response.writeHead(403).end());
      await tenant.change((file) => {
        withDevices(file);
        file.grantTypes = [...(file.grantTypes ?? []), CIBA];
        file.outbound = { privateAddresses: true };
        const backchannel = { delivery: 'push', notificationEndpoint: receiver.url } as const;
        file.clients.push(aTill(file, { id: 'till' }), aTill(file, { id: 'push', backchannel }));
      });
    });
    afterAll(() => receiver.close());

    it('D6 RFC 8628 a device: what it asked, the wrong code, who let it in, and its tokens; polls are not kept', async () => {
      const device = new Device(tenant.app('tv'));
      const person = tenant.person();
      const started = await device.start();
      await device.poll(started);
      await enterCode(person, { ...started, user_code: 'BCDF-GHJK' }, user);
      await answerDevice(person, await enterCode(person, started, user));
      await eventually(
        () => device.poll(started),
        ({ status }) => status === 200,
      );
      const [issued] = await seen(1, '--client', 'tv', '--event', 'token.issue');
      const all = await events('--client', 'tv');
      const who = { client_id: 'tv', sub: issued?.['sub'] };
      expect(all.map(({ event, outcome }) => [event, outcome])).toEqual([
        ...['device.start', 'device.user_code', 'device.decide', 'token.issue'].map((event) => [event, 'ok']),
      ]);
      for (const event of all.slice(1)) expect(event).toMatchObject(who);
      const [wrong] = await events('--event', 'device.user_code', '--outcome', 'refused');
      expect(wrong).toMatchObject({ reason: 'device.user_code.wrong', sub: who.sub });
      expect(wrong?.['client_id']).toBeUndefined();
    });

    it('B12 I7 CIBA: who was asked, what they answered, and that the client could not be told', async () => {
      const till = new Till(tenant.app('push'));
      const approver = new Approver(tenant, tenant.person(), target.baseUrl, user);
      const asking = { client_notification_token: till.notificationToken, login_hint: user.username };
      const asked = await approver.answer(await till.ask(asking));
      const [given] = await seen(1, '--event', 'backchannel.notify');
      // The token service writes its own by and by.
      const all = await seen(3, '--client', 'push');
      const [decision] = await events('--event', 'backchannel.decide');
      const detail = { backchannel_request: requestId(asked), verdict: 'approve' };
      expect(given).toMatchObject({ outcome: 'given_up', reason: 'it answered 403', client_id: 'push' });
      expect(given?.['detail']).toMatchObject({ backchannel_request: requestId(asked), delivery: 'push' });
      expect(decision).toMatchObject({ outcome: 'ok', detail });
      expect(all.map(({ event }) => event)).toEqual(expect.arrayContaining(['backchannel.start', 'token.issue']));
      expect(new Set([decision, ...all].flatMap((event) => event?.['sub'] ?? []))).toEqual(
        new Set([decision?.['sub']]),
      );
    });
  });

  it('MT-01 another environment’s events are not among them, whoever’s client and user they name', async () => {
    const other = await Tenant.create();
    await other.app().tokens(ADA);
    const theirs = await eventually(
      async () => (await grantway('audit', other.id, '--json', '--event', 'token.issue')).split('\n'),
      (lines) => lines.some((line) => line.startsWith('{')),
    );
    const ids = theirs.flatMap((line) => (line.startsWith('{') ? [(JSON.parse(line) as Event).id] : []));
    expect(ids).toHaveLength(1);
    const ours = [...(await events('--limit', '1000')), ...(await events('--client', 'web', '--user', 'ada'))];
    expect(ours.filter(({ id }) => ids.includes(id))).toEqual([]);
    expect(new Set(ours.map((event) => event['environment']))).toEqual(new Set([tenant.id]));
  });

  it('house: a line a person can read', async () => {
    const [line] = (await grantway('audit', tenant.id, '--client', 'web', '--limit', '1', '--since', '1h')).split('\n');
    expect(line).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}\w+\.\w+ {2}(ok|\w+ \([\w.]+\)) {2}.*client=web.*ip=\S+.*request=\S+/,
    );
    await expect(grantway('audit', tenant.id, '--event', 'token.isue')).rejects.toThrow(
      'there is no event "token.isue"',
    );
    await expect(grantway('audit')).rejects.toThrow('npm run grantway -- audit ENVIRONMENT');
  });

  it('HT-06 no secret, and nothing that was typed where a name belongs, is anywhere in the events of all this', async () => {
    const app = tenant.app();
    const person = new Person(app.baseUrl);
    const page = await person.follow(app.authorizeUrl({ state: CANARIES.state, nonce: CANARIES.nonce }));
    const { csrf = '' } = page.hiddenFields();
    const answer = await person.signOn(page, user.username, user.password);
    const { code = '' } = answer.params();
    await app.redeem(code, { code_verifier: CANARIES.verifier });
    const tokens = (await app.redeem(code)).json<Record<string, string>>();
    await app.redeem(code, { client_assertion: CANARIES.wrongSecret });
    await app.refresh(`${tokens['refresh_token']}x`);
    await app.userInfo(`${tokens['access_token']}x`);
    await person.get(app.authorizeUrl({ prompt: 'none', id_token_hint: tokens['id_token'] }));
    await person.get(app.authorizeUrl({ client_id: CANARIES.wrongClient, redirect_uri: CANARIES.wrongSecret }));
    await app.token({ grant_type: CANARIES.wrongSecret, scope: CANARIES.wrongSecret });
    await app.token({ grant_type: 'client_credentials', scope: CANARIES.wrongSecret });
    await seen(1, '--event', 'userinfo.read');

    const rows = await storage.rows<{ text: string }>(
      'SELECT t::text AS text FROM audit_event t WHERE environment_id = $1',
      [tenant.id],
    );
    expect(rows.length).toBeGreaterThan(30);
    const kept = rows.map(({ text }) => text).join('\n');
    const cookies = ['ST', 'SB'].map((name) => person.cookie(`${name}-${tenant.id}`) ?? '');
    const secrets = { ...CANARIES, csrf, code, session: cookies[0], browser: cookies[1], ...tokens, SECRET };
    for (const [name, secret] of Object.entries(secrets)) {
      if (['token_type', 'scope', 'expires_in'].includes(name)) continue;
      expect([name, String(secret).length > 10]).toEqual([name, true]);
      // The part behind the dot is what opens a handle; what stands before it is a name.
      const telling = String(secret).split('.').at(-1) as string;
      expect([name, kept.includes(telling)]).toEqual([name, false]);
    }
    expect(kept).not.toMatch(/gw(?:ac|rt|st|at|pr|dc|cb)_[\w-]{22}\.|eyJ[\w-]{10,}\.eyJ/);
  });
});
