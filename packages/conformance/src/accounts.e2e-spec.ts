import type { IncomingMessage } from 'node:http';
import type { App } from './support/app.js';
import { burst } from './support/burst.js';
import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { ApiFlow } from './support/flow.js';
import type { Answer } from './support/http.js';
import type { Person } from './support/person.js';
import { Site } from './support/site.js';
import { expectClean, expectCode, expectErrorPage, expectPage, expectRefusal } from './support/verdict.js';

interface Message {
  readonly kind: string;
  readonly environment: string;
  readonly username: string;
  readonly email?: string;
  readonly code: string;
}

const NEW = 'a brand new password';

describe('accounts: recovery, registration, passwords that must be changed', () => {
  const storage = new Storage();
  const messages: Message[] = [];
  /** Answers to come, before the gateway works. */
  const troubles: number[] = [];
  let gateway: Site;
  let tenant: Tenant;
  let plain: Tenant;
  let app: App;

  beforeAll(async () => {
    gateway = await Site.open(async (request, response) => {
      const message = JSON.parse(await bodyOf(request)) as Message;
      const status = troubles.shift() ?? 204;
      if (status < 300) messages.push(message);
      response.writeHead(status).end();
    });
    [tenant, plain] = await Promise.all([
      Tenant.create((file) => {
        file.outbound = { privateAddresses: true };
        file.accounts = { recovery: true, registration: true, messagesUrl: gateway.url };
        for (const name of [
          'guessed',
          'raced',
          'late',
          'retried',
          'locked-out',
          'changing',
          'tried',
          'pestered',
          'raided',
        ]) {
          file.users.push({ username: name, password: ADA.password, claims: { email: `${name}@example.com` } });
        }
        const changing = file.users.find(({ username }) => username === 'changing');
        if (changing) changing.mustChangePassword = true;
        file.users.push({ username: 'barred', password: ADA.password, status: 'locked', claims: {} });
      }),
      Tenant.create(),
    ]);
    app = tenant.app();
  });
  // Messages are counted by address, and all tests come from one.
  beforeEach(() => storage.rows(`DELETE FROM attempt_counter WHERE key LIKE 'messages-%'`));
  afterAll(async () => {
    await Promise.all([gateway.close(), storage.close()]);
  });

  const atSignOn = async () => {
    const person = tenant.person();
    return { person, page: await person.follow(app.authorizeUrl()) };
  };
  const forgot = async (username: string) => {
    const { person, page } = await atSignOn();
    const answer = await person.settle(await person.submit(page, { action: 'password.forgot', username }));
    return { person, page: answer };
  };
  const recover = (person: Person, page: Answer, recoveryCode: string, newPassword = NEW) =>
    person.submit(page, { action: 'password.recover', recoveryCode, newPassword });
  const register = async (fields: Record<string, string>) => {
    const { person, page } = await atSignOn();
    return { person, page: await person.settle(await person.submit(page, { action: 'user.register', ...fields })) };
  };
  /** The newest message to somebody, once there are that many. */
  const messageTo = async (username: string, count = 1): Promise<Message> => {
    const to = () => messages.filter((message) => message.environment === tenant.id && message.username === username);
    await eventually(
      async () => to().length,
      (found) => found >= count,
    );
    return to().at(-1) as Message;
  };
  const code = async (username: string, count = 1) => (await messageTo(username, count)).code;

  it('seeds 1.4 CVE-2026-105211 forgotten, sent, recovered: the code is in no answer and no table, and signs nobody on', async () => {
    const { person, page } = await forgot(ADA.username);
    const message = await messageTo(ADA.username);
    expect(message).toEqual({
      ...{ kind: 'recovery_code', environment: tenant.id, username: 'ada', email: 'ada@example.com' },
      code: expect.stringMatching(/^[2-9A-HJ-KMNP-Z]{8}$/),
    });
    expectClean(page, message.code);
    expect(await storage.holds(message.code)).toBe(false);
    const session = tenant.person();
    expectCode(await app.signIn(session, ADA), app);

    const recovered = await recover(person, page, message.code.toLowerCase());
    expect([recovered.status, person.cookie(`ST-${tenant.id}`)]).toEqual([303, undefined]);
    const signOn = await person.settle(recovered);
    expectPage(signOn, 'sign-on');
    expect(signOn.text).toContain('Your password was changed');
    expectPage(await session.follow(app.authorizeUrl()), 'sign-on');
    expect((await person.signOn(signOn, ADA.username, ADA.password)).text).toContain('don’t match');
    expectCode(await app.signIn(tenant.person(), { ...ADA, password: NEW }), app);
  });

  it('SE-02 CVE-2023-39522 whoever is named, known, unknown or locked: the same bytes', async () => {
    const bodies = new Set<string>();
    for (const username of ['tried', 'nobody-at-all', 'barred']) {
      const { person, page } = await forgot(username);
      const wrong = await recover(person, page, 'WRNGWRNG');
      const again = await person.settle(await person.submit(page, { action: 'password.sendRecoveryCode' }));
      bodies.add(
        [page, wrong, again]
          .map((answer) => `${answer.status} ${plainText(answer).replaceAll(username, '(name)')}`)
          .join(),
      );
      expectRefusal(wrong);
    }
    expect(bodies.size).toBe(1);
    await messageTo('tried', 2);
    expect(messages.filter(({ username }) => username !== 'tried' && username !== 'ada')).toEqual([]);
    // Also what cannot be seen: a row for each to try codes at, which jobs write.
    const rows = () =>
      storage.rows<{ tries: number }>(
        `SELECT max(tries)::int AS tries FROM one_time_code WHERE environment_id = $1 AND purpose = 'recovery' GROUP BY flow_id`,
        [tenant.id],
      );
    expect((await eventually(rows, ({ length }) => length >= 3)).length).toBeGreaterThanOrEqual(3);
  });

  it('CVE-2026-22751 CVE-2022-23555 of 50 that use one code at the same moment, one gets through', async () => {
    const { person, page } = await forgot('raced');
    const good = await code('raced');
    const answers = await burst(50, (index) => recover(person.clone(), page, good, `${NEW} ${index}`));
    for (const answer of answers) expectRefusal(answer);
    const passwords = Array.from({ length: 50 }, (_, index) => `${NEW} ${index}`);
    const winners = passwords.filter((_, index) => answers[index]?.status === 303);
    expect(winners.length).toBeGreaterThanOrEqual(1);
    // Whoever came when the flow had moved on is shown where it stands, and changed nothing.
    const [row] = await storage.rows<{ tries: number; spent: boolean }>(
      `SELECT tries, expires_at = '-infinity' AS spent FROM one_time_code WHERE environment_id = $1 AND flow_id = $2::uuid`,
      [tenant.id, page.hiddenFields()['flowId']],
    );
    expect(row).toEqual({ tries: 1, spent: true });
  });

  it('CVE-2026-18963 CVE-2024-1722 a stranger who asks and guesses in another visit neither replaces nor uses up a code', async () => {
    const mine = await forgot('raided');
    const good = await code('raided');
    const theirs = await forgot('raided');
    const other = await code('raided', 2);
    for (const guess of [good, 'WRNGAAAA', 'WRNGBBBB', 'WRNGCCCC', 'WRNGDDDD']) {
      expect((await recover(theirs.person, theirs.page, guess)).status).toBe(400);
    }
    expect((await recover(mine.person, mine.page, other)).status).toBe(400);
    expect((await recover(mine.person, mine.page, good)).status).toBe(303);
  });

  it('house: a name that ends within a character is kept whole', async () => {
    const { page } = await forgot(`${'a'.repeat(255)}😀`);
    expect([page.status, page.text.includes('password.recover')]).toEqual([200, true]);
    const flow = await ApiFlow.begin(app, tenant.person());
    expect((await flow.act('user.lookup', { username: `${'a'.repeat(256)}😀` })).json()).toMatchObject({
      status: 'PASSWORD_REQUIRED',
    });
  });

  it('SE-05 five wrong codes spend it, and so do five minutes', async () => {
    const guessed = await forgot('guessed');
    const good = await code('guessed');
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await recover(guessed.person, guessed.page, `WRNG${tries}`)).status).toBe(400);
    }
    expect((await recover(guessed.person, guessed.page, good)).status).toBe(400);

    const late = await forgot('late');
    const old = await code('late');
    await storage.rows(
      `UPDATE one_time_code SET expires_at = expires_at - interval '301 seconds' WHERE environment_id = $1`,
      [tenant.id],
    );
    expect((await recover(late.person, late.page, old)).status).toBe(400);
    await late.person.submit(late.page, { action: 'password.sendRecoveryCode' });
    expect((await recover(late.person, late.page, await code('late', 2))).status).toBe(303);
  });

  it('CVE-2024-1722 somebody whom others locked out recovers, and goes on', async () => {
    const attacker = await atSignOn();
    for (let tries = 0; tries < 12; tries += 1) {
      await attacker.person.submit(attacker.page, {
        ...{ action: 'usernamePassword.check', username: 'locked-out', password: 'x'.repeat(300) },
      });
    }
    const { person, page } = await forgot('locked-out');
    const signOn = await person.settle(await recover(person, page, await code('locked-out')));
    // A replica that saw the lock itself may hold on to it, for 30 seconds at most.
    const again = () => person.signOn(signOn, 'locked-out', NEW);
    const answer = await eventually(again, ({ status }) => status !== 429, 45);
    expectCode(await consented(person, answer), app);
  }, 180_000);

  it('I7 a gateway in trouble is asked again, and the code it then gets is good', async () => {
    troubles.push(500, 503);
    const { person, page } = await forgot('retried');
    const good = await code('retried');
    expect(troubles).toEqual([]);
    expect((await recover(person, page, good)).status).toBe(303);
  }, 180_000);

  it('SE-02 messages to one name have an end that nobody sees; what is out stays good, and other names’ go on', async () => {
    for (const name of ['pestered', 'nobody-else']) {
      const { person, page } = await forgot(name);
      const good = name === 'pestered' ? await code(name) : 'WRNGWRNG';
      const others = await forgot(name);
      const statuses: number[] = [];
      for (let time = 0; time < 6; time += 1) {
        statuses.push((await others.person.submit(others.page, { action: 'password.sendRecoveryCode' })).status);
      }
      expect(statuses).toEqual(Array.from({ length: 6 }, () => 303));
      if (name === 'pestered') await messageTo(name, 5);
      expect((await recover(person, page, good)).status).toBe(name === 'pestered' ? 303 : 400);
    }
    expect(messages.filter(({ username }) => username === 'pestered')).toHaveLength(5);
    expect((await forgot('nobody-besides')).page.status).toBe(200);
  });

  it('seeds 1.4 a password that must be changed is changed first, and no grant takes it before', async () => {
    const { person, page } = await atSignOn();
    const station = await person.signOn(page, 'changing', ADA.password);
    expect([station.text.includes('password.reset'), person.cookie(`ST-${tenant.id}`)]).toEqual([true, undefined]);
    for (const [currentPassword, newPassword] of [
      ['', ''],
      ['wrong', NEW],
      [ADA.password, ADA.password],
      [ADA.password, 'short'],
      [ADA.password, 'changing'],
    ] as const) {
      const answer = await person.submit(station, { action: 'password.reset', currentPassword, newPassword });
      expectRefusal(answer, NEW);
      expect(answer.status).toBe(400);
    }
    const changed = await person.settle(
      await person.submit(station, { action: 'password.reset', currentPassword: ADA.password, newPassword: NEW }),
    );
    expectCode(await consented(person, changed), app);
    expectCode(await app.signIn(tenant.person(), { username: 'changing', password: NEW }), app);
  });
  const consented = async (person: Person, answer: Answer) =>
    answer.text.includes('user.consent') ? person.consent(answer) : answer;

  it('seeds 1.4 registered, verified, signed on; until then the password opens nothing', async () => {
    const form = { username: 'dora', email: 'dora@example.com', password: 'dora’s own password' };
    const { person, page } = await register(form);
    expect([page.text.includes('user.verify'), person.cookie(`ST-${tenant.id}`)]).toEqual([true, undefined]);
    const message = await messageTo('dora');
    expect(message).toMatchObject({ kind: 'verification_code', email: 'dora@example.com' });
    expectClean(page, message.code, form.password);

    const early = await atSignOn();
    const station = await early.person.signOn(early.page, 'dora', form.password);
    expect([station.text.includes('user.verify'), early.person.cookie(`ST-${tenant.id}`)]).toEqual([true, undefined]);
    const newest = await code('dora', 2);
    expect((await person.submit(page, { action: 'user.verify', verificationCode: newest })).status).toBe(400);
    expect((await person.submit(page, { action: 'user.verify' })).status).toBe(400);
    const verified = await person.settle(
      await person.submit(page, { action: 'user.verify', verificationCode: message.code }),
    );
    const answer = await consented(person, verified);
    const tokens = await app.redeem(expectCode(answer, app));
    const claims = await app.userInfo(tokens.json<{ access_token: string }>().access_token);
    expect(claims.json()).toMatchObject({ email: 'dora@example.com', email_verified: true });
    expectRefusal(await early.person.submit(station, { action: 'user.verify', verificationCode: newest }));
  });

  it('CVE-2024-1722 a name that is taken, or is somebody’s address, is refused, and so is what is malformed', async () => {
    const good = { username: 'emil', email: 'emil@example.com', password: 'emil’s own password' };
    for (const changes of [
      { username: 'ADA' },
      { username: 'ada@example.com' },
      { username: '' },
      { username: ' emil' },
      { email: 'emil' },
      { password: 'short' },
      { password: 'emilemil', username: 'EmilEmil' },
    ]) {
      const { page } = await register({ ...good, ...changes });
      expectRefusal(page, good.password);
      expect([page.status, page.text.includes('user.register')]).toEqual([400, true]);
    }
    const { page } = await register(good);
    expect(page.text).toContain('user.verify');
  });

  it('house: a registration that is sent twice shows where the first one led', async () => {
    const { person, page } = await atSignOn();
    const form = { action: 'user.register', username: 'gina', email: 'gina@example.com', password: NEW };
    const first = await person.submit(page, form);
    const second = await person.submit(page, form);
    expect([first.status, second.status]).toEqual([303, 303]);
    expect((await person.settle(second)).text).toContain('user.verify');
  });

  it('house: messages to one address of mail have an end, whatever the names', async () => {
    const statuses: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      const form = { username: `hal-${time}`, email: 'hal@example.com', password: NEW };
      statuses.push((await register(form)).page.status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it('I1 of parallel registrations of one name one makes it', async () => {
    const visits = await Promise.all(Array.from({ length: 8 }, atSignOn));
    const answers = await Promise.all(
      visits.map(({ person, page }, index) =>
        person.submit(page, {
          ...{ action: 'user.register', username: 'frida', email: `frida${index}@example.com`, password: NEW },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 7 }, () => 400)]);
  });

  it('seeds 1.4 the same in JSON', async () => {
    const flow = await ApiFlow.begin(app, tenant.person());
    const asked = await flow.act('password.forgot', { username: 'nobody-here' });
    expect(asked.json()).toMatchObject({
      ...{ status: 'RECOVERY_CODE_REQUIRED', _embedded: { passwordPolicy: { length: { min: 8, max: 256 } } } },
    });
    expect(asked.json()).not.toHaveProperty('_embedded.user');
    const wrong = await flow.act('password.recover', { recoveryCode: 'WRNGWRNG', newPassword: NEW });
    expect([wrong.status, wrong.json()['code']]).toEqual([400, 'INVALID_REQUEST']);
    expect(await flow.status()).toBe('RECOVERY_CODE_REQUIRED');
    expect((await flow.act('session.reset')).json()).toMatchObject({ status: 'USERNAME_PASSWORD_REQUIRED' });
  });

  it('house: off, there is no way in and no link to it', async () => {
    const person = plain.person();
    const page = await person.follow(plain.app().authorizeUrl());
    expect(page.text).not.toMatch(/view=|Forgot|Create an account/);
    for (const action of ['password.forgot', 'user.register', 'password.recover', 'user.verify']) {
      const answer = await person.submit(page, { action, username: 'ada', email: 'a@example.com', password: NEW });
      expect([answer.status, answer.location?.includes('/signon?flowId=')]).toEqual([303, true]);
    }
    const view = await person.get(`${page.url}&view=registration`);
    expectPage(view, 'sign-on');
  });

  it('AZ-15 a forgotten password is asked about from our own page alone', async () => {
    const { person, page } = await atSignOn();
    const form = { ...page.hiddenFields(), action: 'password.forgot', username: 'ada' };
    const url = new URL(page.formAction(), page.url).href;
    expectErrorPage(await person.post(url, { ...form, csrf: '' }), 403);
    expectErrorPage(await person.post(url, form, { origin: 'https://evil.example' }), 403);
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

/** What a person sees, without what differs in every flow. */
function plainText(answer: Answer): string {
  const { flowId = '', csrf = '' } = answer.hiddenFields();
  return answer.text.replaceAll(flowId || '(flow)', '(flow)').replaceAll(csrf || '(csrf)', '(csrf)');
}
