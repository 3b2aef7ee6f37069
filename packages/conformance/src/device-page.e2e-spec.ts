import { burst } from './support/burst.js';
import { Storage } from './support/database.js';
import { answerDevice, Device, DeviceRows, deviceTenant, enterCode, type Started } from './support/device.js';
import { ADA, type Tenant } from './support/environments.js';
import { ApiFlow, type FlowBody } from './support/flow.js';
import type { Answer } from './support/http.js';
import type { Person } from './support/person.js';
import { rawRequest } from './support/raw-http.js';
import { expectClean, expectErrorPage, expectRefusal } from './support/verdict.js';

const VERIFY = 'deviceAuthGrant.userCode.verify';
const CONSENT = 'deviceAuthGrant.consent';
const PAGE_HEADERS = {
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
};

/** Each of whom may guess a few times. */
const PEOPLE = ['ann', 'ben', 'cleo', 'dan', 'eve'];

describe('the pages for a device’s code, seeds 7.7', () => {
  const storage = new Storage();
  const rows = new DeviceRows(storage);
  let tenant: Tenant;
  let tv: Device;

  beforeAll(async () => {
    tenant = await deviceTenant();
    tv = new Device(tenant.app('tv'));
  });
  // A public client's starts are counted by address, and all tests come from one.
  beforeEach(() => storage.rows(`DELETE FROM attempt_counter WHERE key LIKE 'device-starts:%'`));
  afterAll(() => storage.close());

  const signedOn = async (url: string, person = tenant.person(), username = ADA.username) => {
    const page = await person.follow(url);
    return { person, page: page.text.includes('usernamePassword.check') ? await signOn(person, page, username) : page };
  };
  const signOn = (person: Person, page: Answer, username = ADA.username) => person.signOn(page, username, ADA.password);
  const type = (person: Person, page: Answer, userCode: string) => person.submit(page, { action: VERIFY, userCode });
  const atConsent = async () => {
    const started = await tv.start();
    const person = tenant.person();
    return { started, person, page: await enterCode(person, started) };
  };
  /** DV-01 counts by environment and address, so whoever guesses a lot does it in one of their own. */
  const elsewhere = async () => {
    const away = await deviceTenant((file) => {
      for (const username of PEOPLE) file.users.push({ username, password: ADA.password });
    });
    return { away, tv: new Device(away.app('tv')) };
  };
  const state = async (started: Started) => (await rows.of(started)).decision;
  const problem = (answer: Answer) => /<div class="notice[^"]*"[^>]*>.*?<\/div><\/div>/s.exec(answer.text)?.[0];

  it('D6 D8 sign-in, then the code, then always consent; then the device goes on', async () => {
    for (let time = 0; time < 2; time += 1) {
      const started = await tv.start();
      const person = tenant.person();
      const signOnPage = await person.follow(started.verification_uri);
      expect(signOnPage.text).toContain('usernamePassword.check');
      const codePage = await signOn(person, signOnPage);
      expect([codePage.text.includes(VERIFY), codePage.text.includes('ada')]).toEqual([true, true]);
      const consent = await person.settle(await type(person, codePage, started.user_code));
      for (const words of ['Living-room TV', started.user_code, 'See your orders', 'in front of you']) {
        expect(consent.text).toContain(words);
      }
      expect(await state(started)).toBeNull();
      const done = await answerDevice(person, consent);
      expect([done.status, done.text.includes('Go back to your device')]).toEqual([200, true]);
      expect((await tv.poll(started)).status).toBe(200);
    }
  });

  it('D6 DV-05 the address with the code only fills it in, also for whoever is signed on', async () => {
    const started = await tv.start();
    const { person, page } = await signedOn(started.verification_uri_complete ?? '');
    expect(page.text).toContain(`value="${started.user_code}"`);
    const again = await person.follow(started.verification_uri_complete ?? '');
    expect([again.text.includes(VERIFY), again.text.includes(CONSENT)]).toEqual([true, false]);
    expect(await state(started)).toBeNull();
  });

  it('D7 typed in any case, with or without hyphens and blanks', async () => {
    for (const change of [
      (code: string) => code.toLowerCase(),
      (code: string) => code.replace('-', ''),
      (code: string) => ` ${code.split('').join(' ')} `,
    ]) {
      const started = await tv.start();
      const { person, page } = await signedOn(started.verification_uri);
      expect((await person.settle(await type(person, page, change(started.user_code)))).text).toContain(CONSENT);
    }
  });

  it('D7 SE-02 unknown, expired and decided: one answer', async () => {
    const { away, tv: device } = await elsewhere();
    const [expired, decided] = [await device.start(), await device.start()];
    await rows.age(expired, 601);
    const person = away.person();
    await answerDevice(person, await enterCode(person, decided), false);
    const told = new Set<string>();
    for (const code of ['XXXX-XXXX', expired.user_code, decided.user_code, "' OR 1=1--", 'x'.repeat(2_000)]) {
      const visit = await signedOn(decided.verification_uri, away.person());
      const answer = await type(visit.person, visit.page, code);
      expectRefusal(answer);
      told.add(`${answer.status} ${problem(answer)}`);
    }
    expect([...told]).toEqual([expect.stringMatching(/^400 .*No device is waiting/s)]);
  });

  it('DV-01 the sixth code of a person waits, the right one too, in any session; somebody else’s goes on', async () => {
    const { away, tv: device } = await elsewhere();
    const started = await device.start();
    const { person, page } = await signedOn(started.verification_uri, away.person());
    const statuses: number[] = [];
    for (let tries = 0; tries < 5; tries += 1) statuses.push((await type(person, page, `WRNG-${tries}`)).status);
    const sixth = await type(person, page, 'WRNG-WRNG');
    const right = await type(person, page, started.user_code);
    expect([...statuses, sixth.status, right.status]).toEqual([400, 400, 400, 400, 400, 429, 429]);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(problem(right)?.replaceAll(/\d+/g, '')).toBe(problem(sixth)?.replaceAll(/\d+/g, ''));
    expect(await state(started)).toBeNull();
    const anew = await signedOn(started.verification_uri, away.person());
    expect((await type(anew.person, anew.page, started.user_code)).status).toBe(429);
    const ann = { username: 'ann', password: ADA.password };
    expect((await enterCode(away.person(), started, ann)).text).toContain(CONSENT);
  });

  it('DV-01 the right code costs nothing and makes good no guesses', async () => {
    const { away, tv: device } = await elsewhere();
    const started = await device.start();
    for (let time = 0; time < 7; time += 1) {
      const { person, page } = await signedOn(started.verification_uri, away.person());
      expect((await type(person, page, started.user_code)).status).toBe(303);
    }
    const { person, page } = await signedOn(started.verification_uri, away.person());
    for (let tries = 0; tries < 4; tries += 1) expect((await type(person, page, `WRNG-${tries}`)).status).toBe(400);
    const right = await signedOn(started.verification_uri, away.person());
    expect((await type(right.person, right.page, started.user_code)).status).toBe(303);
    const statuses = [await type(person, page, 'WRNG-WRNG'), await type(person, page, 'WRNG-WRNG')];
    expect(statuses.map(({ status }) => status)).toEqual([400, 429]);
  });

  it('DV-01 of parallel guesses from one address twenty are looked at, whoever makes them', async () => {
    const { away, tv: device } = await elsewhere();
    const started = await device.start();
    const visits = await Promise.all(PEOPLE.map((name) => signedOn(started.verification_uri, away.person(), name)));
    const answers = await burst(25, (index) => {
      const { person, page } = visits[index % visits.length] as (typeof visits)[0];
      return type(person.clone(), page, `WR${index}`);
    });
    const statuses = answers.map(({ status }) => status);
    expect([
      statuses.filter((status) => status === 400).length,
      statuses.filter((status) => status === 429).length,
    ]).toEqual([20, 5]);
  });

  it('DV-01 the twenty-first from one address waits, whoever it is; another address goes on', async () => {
    const { away, tv: device } = await elsewhere();
    const started = await device.start();
    for (const [round, name] of PEOPLE.slice(0, 4).entries()) {
      const visit = await signedOn(started.verification_uri, away.person(), name);
      const answers = await burst(5, (index) => type(visit.person.clone(), visit.page, `WR${round}${index}`));
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
    }
    const { person, page } = await signedOn(started.verification_uri, away.person());
    expect((await type(person, page, started.user_code)).status).toBe(429);
    const cookie = ['SB', 'ST'].map((name) => `${name}-${away.id}=${person.cookie(`${name}-${away.id}`)}`).join('; ');
    const form = { ...page.hiddenFields(), action: VERIFY, userCode: started.user_code };
    const url = new URL(`/${away.id}/signon`, device.app.baseUrl.replace('localhost', '127.0.0.1'));
    const answer = await rawRequest(url.href, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
      localAddress: '127.0.0.3',
    });
    expect(answer.status).toBe(303);
  });

  it('AZ-08 every form of it is answered with 303', async () => {
    const started = await tv.start();
    const person = tenant.person();
    const signOnPage = await person.follow(started.verification_uri);
    const signed = await person.submit(signOnPage, { action: 'usernamePassword.check', ...ADA });
    const codePage = await person.settle(signed);
    const typed = await type(person, codePage, started.user_code);
    const allowed = await person.submit(await person.settle(typed), { action: CONSENT, accept: 'true' });
    expect([signed.status, typed.status, allowed.status]).toEqual([303, 303, 303]);
  });

  it('AZ-10 no page of it shows in a frame or tells where the person was', async () => {
    const started = await tv.start();
    const evil = { origin: 'https://evil.example' };
    const person = tenant.person();
    const signOnPage = await person.follow(started.verification_uri);
    const codePage = await signOn(person, signOnPage);
    const consent = await person.settle(await type(person, codePage, started.user_code));
    for (const page of [signOnPage, codePage, consent]) {
      const answer = await person.get(page.url, evil);
      expect(Object.fromEntries(answer.headers)).toMatchObject(PAGE_HEADERS);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(answer.text).not.toMatch(/(?:src|href)="https?:/);
    }
    const done = await answerDevice(person, consent);
    expect(Object.fromEntries(done.headers)).toMatchObject(PAGE_HEADERS);
  });

  it('AZ-15 DV-05 a decision without its token, with another’s, or from elsewhere decides nothing', async () => {
    const [mine, theirs] = [await atConsent(), await atConsent()];
    const { person, page, started } = mine;
    const decide = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      person.post(
        new URL(page.formAction(), page.url).href,
        { ...page.hiddenFields(), action: CONSENT, ...fields },
        headers,
      );
    const accept = { accept: 'true' };
    expectErrorPage(await decide({ ...accept, csrf: '' }), 403);
    expectErrorPage(await decide({ ...accept, csrf: theirs.page.hiddenFields()['csrf'] as string }), 403);
    expectErrorPage(await decide(accept, { origin: 'https://evil.example' }), 403);
    expectErrorPage(await decide(accept, { 'sec-fetch-site': 'cross-site' }), 403);
    for (const useless of [{}, { accept: '' }, { accept: 'yes' }]) expectErrorPage(await decide(useless));
    const elsewhere = await theirs.person.get(page.url);
    expectErrorPage(elsewhere, 403);
    expect(await state(started)).toBeNull();
    await answerDevice(person, page);
    expect(await state(started)).toBe('approved');
  });

  it('CVE-2025-12390 who decides is who is signed on in this browser now', async () => {
    const { person, page, started } = await atConsent();
    const cookie = `ST-${tenant.id}`;
    const grace = tenant.person();
    await grace.signOn(await grace.follow(`${tv.app.baseUrl}/${tenant.id}/device`), 'grace', 'another horse battery');
    const swapped = person.clone();
    swapped.setCookie(cookie, grace.cookie(cookie) as string);
    const gone = person.clone();
    gone.forget(cookie);
    for (const other of [swapped, gone]) {
      expectErrorPage(await other.submit(page, { action: CONSENT, accept: 'true' }), 403);
    }
    expect(await state(started)).toBeNull();
  });

  it('D8 refused: the page says so, and the device hears access_denied', async () => {
    const { person, page, started } = await atConsent();
    const done = await answerDevice(person, page, false);
    expectClean(done);
    expect(done.text).toContain('You refused the device');
    expect((await tv.poll(started)).error).toBe('access_denied');
  });

  it('house: allowed and refused at the same moment: one wins, and page and poll agree', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { person, page, started } = await atConsent();
      const answers = await burst(10, (index) =>
        person.clone().submit(page, { action: CONSENT, accept: index % 2 ? 'true' : 'false' }),
      );
      for (const answer of answers) expect(answer.status).toBeLessThan(500);
      const end = await person.follow(page.url);
      const polled = await tv.poll(started);
      expect(polled.status === 200 ? 'Your device is connected' : String(polled.error)).toBe(
        polled.status === 200 ? 'Your device is connected' : 'access_denied',
      );
      expect(end.text).toContain(polled.status === 200 ? 'Your device is connected' : 'You refused the device');
    }
  });

  it('DV-03 decided by somebody else, or too late: told plainly, and nothing is allowed', async () => {
    const [first, late] = [await atConsent(), await atConsent()];
    const grace = tenant.person();
    const page = await grace.signOn(
      await grace.follow(first.started.verification_uri),
      'grace',
      'another horse battery',
    );
    const consent = await grace.settle(await type(grace, page, first.started.user_code));
    await answerDevice(grace, consent, false);
    await rows.age(late.started, 601);
    for (const { person, page: mine, started } of [first, late]) {
      const answer = await person.settle(await person.submit(mine, { action: CONSENT, accept: 'true' }));
      expectClean(answer);
      expect(answer.text).toContain('This code is no longer waiting');
      expect(await state(started)).not.toBe('approved');
    }
  });

  it('D8 seeds 1.4 the same in JSON, with its statuses', async () => {
    const started = await tv.start();
    const person = tenant.person();
    const { location = '' } = await person.get(started.verification_uri_complete ?? '');
    const flow = new ApiFlow(person, tenant.app('tv'), new URL(location).searchParams.get('flowId') ?? '');
    expect(await flow.status()).toBe('USERNAME_PASSWORD_REQUIRED');
    expect((await flow.signOn()).json()).toMatchObject({ status: 'DAG_USER_CODE_REQUIRED' });
    expect((await flow.act(VERIFY, { userCode: 'WRNG-WRNG' })).status).toBe(400);
    expect((await flow.act(VERIFY, {})).status).toBe(400);
    const asked = (await flow.act(VERIFY, { userCode: started.user_code.toLowerCase() })).json<FlowBody>();
    expect(asked).toMatchObject({
      ...{ status: 'DAG_CONSENT_REQUIRED', _links: { [CONSENT]: { href: flow.url } } },
      _embedded: {
        ...{ application: { id: 'tv', name: 'Living-room TV' }, user: { username: 'ada' } },
        device: { userCode: started.user_code },
      },
    });
    expect((await flow.act(CONSENT, {})).status).toBe(400);
    expect(await state(started)).toBeNull();
    expect((await flow.act(CONSENT, { accept: true })).json()).toMatchObject({ status: 'COMPLETED' });
    expect((await tv.poll(started)).status).toBe(200);
    expect((await flow.act(CONSENT, { accept: false })).status).toBe(400);
  });
});
