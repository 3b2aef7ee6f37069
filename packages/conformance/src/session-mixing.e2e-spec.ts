import { decodeJwt } from 'jose';
import { App, Tokens } from './support/app.js';
import { Tenant, UserEntry } from './support/environments.js';
import { Person } from './support/person.js';
import { expectClean, expectCode, expectPage } from './support/verdict.js';

const PASSWORD = 'a horse of one’s own';
const CODES_EACH = 5;

/** A user’s subject is only known from their tokens, so each carries their name. */
const userOf = (index: number): UserEntry => ({
  username: `user-${index}`,
  password: PASSWORD,
  claims: { name: `Name ${index}` },
});

describe('people do not mix', () => {
  let tenant: Tenant;
  let app: App;

  beforeAll(async () => {
    tenant = await Tenant.create((file) => {
      file.users = Array.from({ length: 8 }, (_, index) => userOf(index));
    });
    app = tenant.app();
  });

  const nameIn = async (tokens: Tokens) => {
    const userInfo = (await app.userInfo(tokens.access_token)).json<{ sub: string; name: string }>();
    expect([decodeJwt(tokens.id_token).sub, decodeJwt(tokens.access_token).sub]).toEqual([userInfo.sub, userInfo.sub]);
    return userInfo.name;
  };

  const signInAs = (person: Person, index: number) =>
    app.signIn(person, { username: `user-${index}`, password: PASSWORD });

  it('CVE-2026-82843 40 codes of 8 people redeemed at once: every token is the code’s person’s', async () => {
    const codes: { name: string; code: string }[] = [];
    for (let index = 0; index < 8; index += 1) {
      const person = tenant.person();
      expectCode(await signInAs(person, index), app);
      for (let count = 0; count < CODES_EACH; count += 1) {
        codes.push({ name: `Name ${index}`, code: expectCode(await person.get(app.authorizeUrl()), app) });
      }
    }
    const answers = await Promise.all(codes.map(({ code }) => app.redeem(code)));
    expect(answers.map(({ status }) => status)).toEqual(codes.map(() => 200));
    const names = await Promise.all(answers.map((answer) => nameIn(answer.json<Tokens>())));
    expect(names).toEqual(codes.map(({ name }) => name));
  });

  it.each(['ST', 'SB', 'both'])(
    'CVE-2025-12390 two people at one browser that lost its %s cookie in between',
    async (lost) => {
      const browser = tenant.person();
      const first = expectCode(await signInAs(browser, 0), app);
      for (const name of lost === 'both' ? ['ST', 'SB'] : [lost]) browser.forget(`${name}-${tenant.id}`);
      const page = await browser.follow(app.authorizeUrl({ prompt: 'login' }));
      expectPage(page, 'sign-on');
      let answer = await browser.signOn(page, 'user-1', PASSWORD);
      if (answer.location === undefined) answer = await browser.consent(answer);
      const second = expectCode(answer, app);
      const third = expectCode(await browser.get(app.authorizeUrl()), app);

      const tokens = await Promise.all(
        [first, second, third].map(async (code) => (await app.redeem(code)).json<Tokens>()),
      );
      expect(await Promise.all(tokens.map(nameIn))).toEqual(['Name 0', 'Name 1', 'Name 1']);
      const [before, after, silent] = tokens.map(({ id_token }) => decodeJwt(id_token)['sid']);
      expect(after).not.toBe(before);
      expect(silent).toBe(after);
    },
  );

  it('CVE-2025-12390 CVE-2023-6787 tabs: the flow one person began is not finished as another', async () => {
    const browser = tenant.person();
    await signInAs(browser, 2);
    const firstTab = await browser.follow(app.authorizeUrl({ prompt: 'consent' }));
    expectPage(firstTab, 'consent');
    const secondTab = await browser.follow(app.authorizeUrl({ prompt: 'login' }));
    await browser.signOn(secondTab, 'user-3', PASSWORD);
    const stale = await browser.consent(firstTab);
    expectClean(stale);
    expect([stale.status, stale.location]).toEqual([403, undefined]);
  });

  it('CVE-2026-105211 what signing on hands out goes where it belongs: the session to the cookie, the code to the redirect', async () => {
    const browser = tenant.person();
    const page = await browser.follow(app.authorizeUrl({ prompt: 'consent' }));
    const submitted = await browser.submit(page, {
      action: 'usernamePassword.check',
      username: 'user-4',
      password: PASSWORD,
    });
    const consent = await browser.settle(submitted);
    const done = await browser.submit(consent, { action: 'user.consent', accept: 'true' });
    const answer = await browser.settle(done);
    const code = expectCode(answer, app);
    const session = browser.cookie(`ST-${tenant.id}`) as string;
    for (const each of [page, submitted, consent, done, answer]) {
      expectClean(each, session, PASSWORD, code, browser.cookie(`SB-${tenant.id}`) as string);
      expect(each.location ?? '').not.toContain(session);
    }
    for (const each of [page, submitted, consent, done]) expect(each.location ?? '').not.toContain(code);
  });
});
