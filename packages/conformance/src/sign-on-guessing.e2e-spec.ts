import { createHash } from 'node:crypto';
import { App } from './support/app.js';
import { Storage } from './support/database.js';
import { Tenant, UserEntry } from './support/environments.js';
import { Answer, sendingAlso } from './support/http.js';
import { Person } from './support/person.js';
import { rawRequest } from './support/raw-http.js';
import { expectCode, expectPage, expectRefusal } from './support/verdict.js';

const PASSWORD = 'a horse of one’s own';
/** Refused before it costs a hash, and counted all the same. */
const TOO_LONG = 'x'.repeat(300);

describe('guessing names and passwords', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      const names = ['victim', 'calm', 'slow', 'known', 'elsewhere'];
      file.users = [
        ...names.map((username): UserEntry => ({ username, password: PASSWORD })),
        { username: 'locked', password: PASSWORD, status: 'locked' },
        { username: 'disabled', password: PASSWORD, status: 'disabled' },
        { username: 'passwordless' },
      ];
    });
    app = tenant.app();
  });

  afterAll(() => storage.close());

  const atSignOn = async (url = app.authorizeUrl()) => {
    const person = tenant.person();
    return { person, page: await person.follow(url) };
  };

  const guess = (person: Person, page: Answer, username: string, password: string) =>
    person.submit(page, { action: 'usernamePassword.check', username, password });

  /** A counter's row, by what it counts; the table keeps neither names nor addresses. */
  const counter = async (limit: string, key: string) => {
    const place = createHash('sha256').update(`${tenant.id}|${key}`).digest('base64url');
    const [row] = await storage.rows<{ points: number; seconds: number }>(
      `SELECT points, expire / 1000.0 - extract(epoch FROM now()) AS seconds FROM attempt_counter WHERE key = $1`,
      [`${limit}:${place}`],
    );
    return row && { points: row.points, seconds: Number(row.seconds) };
  };

  /** What a person sees, without what differs in every flow, and without the name they typed. */
  const bodyOf = (answer: Answer, username: string) => {
    const { flowId = '', csrf = '' } = answer.hiddenFields();
    return answer.text
      .replaceAll(flowId, '(flow)')
      .replaceAll(csrf, '(csrf)')
      .replaceAll(`value="${username}"`, 'value="(name)"');
  };

  it('SE-01 CVE-2024-1722 ten wrong tries: a delay of 30 s or more that nobody’s right password shortens, and that ends by itself', async () => {
    const { person, page } = await atSignOn();
    for (let tries = 0; tries < 9; tries += 1) {
      expectPage(await guess(person, page, 'victim', `wrong ${tries}`), 'sign-on', 400);
    }
    await guess(person, page, 'victim', 'wrong for the tenth time');

    const other = await atSignOn();
    for (const [name, password] of [
      ['victim', PASSWORD],
      ['VICTIM', PASSWORD],
      ['ｖictim', PASSWORD],
      ['victim', 'wrong'],
    ] as const) {
      const answer = await sendingAlso({ 'x-forwarded-for': '203.0.113.7' }, () =>
        guess(other.person, other.page, name, password),
      );
      expectRefusal(answer);
      expectPage(answer, 'sign-on', 429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(25);
      expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    }
    const lock = await counter('sign-on-user', 'victim');
    expect(lock?.seconds).toBeGreaterThan(0);
    expect(lock?.seconds).toBeLessThanOrEqual(60);
  });

  it('SE-01 positive control: somebody else signs on meanwhile, and a right password forgives the wrong ones before it', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { person, page } = await atSignOn(app.authorizeUrl({ prompt: 'consent' }));
      for (let tries = 0; tries < 6; tries += 1) await guess(person, page, 'calm', TOO_LONG);
      expect((await counter('sign-on-user', 'calm'))?.points).toBe(6);
      const consent = await person.signOn(page, 'calm', PASSWORD);
      expectPage(consent, 'consent');
      expect(await counter('sign-on-user', 'calm')).toBeUndefined();
    }
  });

  it('CVE-2024-1722 a locked-out person goes on where they are signed on', async () => {
    const person = tenant.person();
    expectCode(await app.signIn(person, { username: 'slow', password: PASSWORD }), app);
    const attacker = await atSignOn();
    for (let tries = 0; tries < 10; tries += 1) await guess(attacker.person, attacker.page, 'slow', TOO_LONG);
    expect((await guess(attacker.person, attacker.page, 'slow', PASSWORD)).status).toBe(429);
    expectCode(await person.get(app.authorizeUrl({ prompt: 'none' })), app);
  });

  it('SE-01 I14 tries are counted in the database, parallel ones each, so that replicas and restarts share them', async () => {
    const { person, page } = await atSignOn();
    await Promise.all(Array.from({ length: 8 }, () => guess(person.clone(), page, 'nobody-yet', TOO_LONG)));
    expect((await counter('sign-on-user', 'nobody-yet'))?.points).toBe(8);
    expect(await storage.holds('nobody-yet')).toBe(false);
    const burst = await Promise.all(
      Array.from({ length: 30 }, () => guess(person.clone(), page, 'nobody-yet', TOO_LONG)),
    );
    expect(burst.filter(({ status }) => status === 400).length).toBeLessThanOrEqual(2);
    expect(burst.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(28);
  });

  it('SE-02 CVE-2023-39522 CVE-2026-22746 unknown, wrong, locked, disabled: the same bytes and status', async () => {
    const bodies = new Set<string>();
    const times: Record<string, number> = {};
    for (const [username, password] of [
      ['known', 'wrong horse'],
      ['unknown', 'wrong horse'],
      ['locked', PASSWORD],
      ['disabled', PASSWORD],
      ['locked', 'wrong horse'],
      ['passwordless', 'wrong horse'],
      ['known', TOO_LONG],
      ['unknown', TOO_LONG],
    ] as const) {
      const { person, page } = await atSignOn();
      const begun = performance.now();
      const answer = await guess(person, page, username, password);
      times[`${username} ${password.slice(0, 5)}`] = Math.round(performance.now() - begun);
      expectPage(answer, 'sign-on', 400);
      expect(person.cookie(`ST-${tenant.id}`)).toBeUndefined();
      bodies.add(bodyOf(answer, username));
    }
    expect(bodies.size).toBe(1);
    process.stderr.write(`SE-02 milliseconds (reported, not judged): ${JSON.stringify(times)}\n`);
  });

  it('SE-02 unknown and known names are delayed alike', async () => {
    const bodies = new Set<string>();
    for (const username of ['known', 'unknown']) {
      const { person, page } = await atSignOn();
      const statuses: number[] = [];
      let last: Answer | undefined;
      for (let tries = 0; tries < 11; tries += 1) {
        last = await guess(person, page, username, TOO_LONG);
        statuses.push(last.status);
      }
      expect(statuses.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => 400));
      expect(statuses.at(-1)).toBe(429);
      bodies.add(bodyOf(last as Answer, username).replaceAll(/\d+ seconds/g, '(wait)'));
    }
    expect(bodies.size).toBe(1);
  });

  it('SE-01 HT-05 CVE-2024-47070 one address, many names → 429, whatever X-Forwarded-For says; another address goes on', async () => {
    const { person, page } = await atSignOn();
    let last: Answer | undefined;
    for (let batch = 0; batch < 12 && last?.status !== 429; batch += 1) {
      const tries = Array.from({ length: 10 }, (_, index) => {
        const name = `guess-${batch}-${index}`;
        return sendingAlso({ 'x-forwarded-for': `203.0.113.${index}` }, () =>
          guess(person.clone(), page, name, TOO_LONG),
        );
      });
      last = (await Promise.all(tries)).at(-1);
    }
    expectPage(await guess(person, page, 'elsewhere', PASSWORD), 'sign-on', 429);

    const cookie = `SB-${tenant.id}=${person.cookie(`SB-${tenant.id}`)}`;
    const body = new URLSearchParams({
      ...page.hiddenFields(),
      action: 'usernamePassword.check',
      username: 'elsewhere',
      password: PASSWORD,
    }).toString();
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const url = new URL(`/${tenant.id}/signon`, app.baseUrl.replace('localhost', '127.0.0.1')).href;
    const answer = await rawRequest(url, { method: 'POST', headers, body, localAddress: '127.0.0.2' });
    expect([answer.status, answer.setCookies.some((line) => line.startsWith(`ST-${tenant.id}=`))]).toEqual([303, true]);
  });
});
