import { App, Tokens } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, SECRET, Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { Person } from './support/person.js';
import { expectClean, expectCode, expectPage, expectRedirectError, sameVerdict, unchanged } from './support/verdict.js';

describe('sessions', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let other: Tenant;
  let app: App;

  const ST = (of = tenant) => `ST-${of.id}`;

  const signedOn = async (user = ADA) => {
    const person = tenant.person();
    expectCode(await app.signIn(person, user), app);
    return person;
  };

  const silently = (person: Person, of = app) => person.get(of.authorizeUrl({ prompt: 'none' }));

  const expectAnonymous = async (person: Person) => expectRedirectError(await silently(person), app, 'login_required');

  const withCookie = (value: string) => {
    const person = tenant.person();
    person.setCookie(ST(), value);
    return person;
  };

  beforeAll(async () => {
    [tenant, other] = await Promise.all([
      Tenant.create((file) => {
        const web = file.clients[0] as (typeof file.clients)[0];
        file.clients.push({ ...web, id: 'second', secret: SECRET, redirectUris: ['https://second.example/callback'] });
        file.users.push(
          { username: 'leaver', password: 'fifth horse battery' },
          { username: 'mover', password: 'sixth horse battery' },
        );
      }),
      Tenant.create(),
    ]);
    app = tenant.app();
  });

  afterAll(() => storage.close());

  it('single sign-on: a second client of the environment asks for no password, only for its own consent', async () => {
    const person = await signedOn();
    const second = tenant.app('second');
    const page = await person.follow(second.authorizeUrl());
    expectPage(page, 'consent');
    expectCode(await person.consent(page), second);
    const [first, later] = await Promise.all(
      [app, second].map(async (each) => idToken(each, expectCode(await silently(person, each), each))),
    );
    expect([first?.['sub'], first?.['sid'], first?.['auth_time']]).toEqual([
      later?.['sub'],
      later?.['sid'],
      later?.['auth_time'],
    ]);
  });

  it('single sign-on stops at the environment’s border, where the same names mean others', async () => {
    const person = await signedOn();
    expectRedirectError(await silently(person, other.app()), other.app(), 'login_required');
  });

  it('SE-03 cookies: HttpOnly, SameSite=Lax, the whole host, one pair for each environment, no secret in another place', async () => {
    const person = tenant.person();
    const start = await person.get(app.authorizeUrl());
    const page = await person.settle(start);
    const answer = await person.submit(page, { action: 'usernamePassword.check', ...ADA });
    const lines = [...start.setCookies, ...answer.setCookies];
    expect(lines.map((line) => line.split('=')[0]).sort()).toEqual([`SB-${tenant.id}`, ST()]);
    for (const line of lines) {
      expect(line).toMatch(/; HttpOnly/i);
      expect(line).toMatch(/; SameSite=Lax/i);
      expect(line).toMatch(/; Path=\/(?:;|$)/i);
      expect(line).not.toMatch(/; Domain=/i);
    }
    for (const name of [ST(), `SB-${tenant.id}`])
      expect(await storage.holds((person.cookie(name) as string).split('.').at(-1) as string)).toBe(false);
  });

  it('SE-03 CVE-2026-109373 CVE-2026-119128 altered, empty, guessed, unsigned cookies → anonymous, never 500, nothing stored', async () => {
    const person = await signedOn();
    const own = person.cookie(ST()) as string;
    const [head = '', secret = ''] = own.split('.');
    const [stranger = ''] = (
      (await signedOn({ username: 'grace', password: 'another horse battery' })).cookie(ST()) as string
    ).split('.');
    await unchanged(storage, tenant.id, async () => {
      for (const value of [
        '',
        'x',
        head,
        `${head}.`,
        `.${secret}`,
        `${stranger}.${secret}`,
        `${head}.${'A'.repeat(43)}`,
        own.toUpperCase(),
        `${own}=`,
        `${own}.x`,
        own.replace('gwst_', 'gwac_'),
        own.replace('gwst_', ''),
        own.replace(/.$/, (last) => (last === 'Q' ? 'R' : 'Q')),
        `gwst_${'A'.repeat(22)}.${'A'.repeat(43)}`,
        Buffer.from(JSON.stringify({ sub: 'ada', username: 'ada' })).toString('base64url'),
        'x'.repeat(5_000),
        `%00`,
        `"; DROP TABLE session; --`.replaceAll(';', '%3b'),
        '__proto__',
      ]) {
        await expectAnonymous(withCookie(value));
      }
    });
    const twice = tenant.person();
    twice.setCookie(ST(), `x; ${ST()}=${own}`);
    expectClean(await silently(twice));
    expectCode(await sameVerdict(() => silently(person)), app);
  });

  it('SE-03 MT-01 another environment’s cookie, under either name → anonymous', async () => {
    const abroad = other.person();
    expectCode(await other.app().signIn(abroad, ADA), other.app());
    const foreign = abroad.cookie(ST(other)) as string;
    const person = withCookie(foreign);
    person.setCookie(ST(other), foreign);
    await unchanged(storage, tenant.id, () => expectAnonymous(person));
    expectCode(await silently(abroad, other.app()), other.app());
  });

  it('SE-03 any other artifact in the cookie’s place → anonymous', async () => {
    const code = await app.code(ADA);
    const tokens = (await app.redeem(code)).json<Tokens>();
    const person = await signedOn();
    for (const value of [
      code,
      tokens.access_token,
      tokens.id_token,
      tokens.refresh_token,
      person.cookie(`SB-${tenant.id}`) as string,
    ]) {
      await expectAnonymous(withCookie(value));
    }
    expect((await app.userInfo(tokens.access_token)).status).toBe(200);
  });

  it('SE-03 RT-09 unused too long, too old, or ended → anonymous', async () => {
    for (const change of [
      `idle_expires_at = now() - interval '1 second'`,
      `absolute_expires_at = now() - interval '1 second'`,
      `ended_at = now()`,
    ]) {
      const person = await signedOn();
      expectCode(await silently(person), app);
      const tokens = (await app.redeem(expectCode(await silently(person), app))).json<Tokens>();
      const { sid } = JSON.parse(Buffer.from(tokens.id_token.split('.')[1] as string, 'base64url').toString());
      await storage.rows(`UPDATE session SET ${change} WHERE id = $1`, [sid]);
      await expectAnonymous(person);
    }
  });

  it('SE-03 a used session slides its idle limit, never beyond the absolute one', async () => {
    const person = await signedOn();
    const { sid } = await idToken(app, expectCode(await silently(person), app));
    await storage.rows(
      `UPDATE session SET idle_expires_at = now() + interval '2 minutes', absolute_expires_at = now() + interval '1 hour' WHERE id = $1`,
      [sid],
    );
    expectCode(await silently(person), app);
    const [row] = await storage.rows(
      'SELECT idle_expires_at = absolute_expires_at AS at_most FROM session WHERE id = $1',
      [sid],
    );
    expect(row).toEqual({ at_most: true });
  });

  it('SE-03 a disabled person’s session is anonymous, and so is one from before a change of password', async () => {
    const leaver = await signedOn({ username: 'leaver', password: 'fifth horse battery' });
    const mover = await signedOn({ username: 'mover', password: 'sixth horse battery' });
    await tenant.change(() => {
      tenant.user('leaver').status = 'disabled';
      tenant.user('mover').password = 'seventh horse battery';
    });
    for (const person of [leaver, mover]) {
      const answer = await eventually(
        () => silently(person),
        ({ location }) => location?.includes('error=') ?? false,
      );
      expectRedirectError(answer, app, 'login_required');
    }
    expectCode(await app.signIn(mover, { username: 'mover', password: 'seventh horse battery' }), app);
    expectCode(await silently(await signedOn()), app);
  });
});

async function idToken(app: App, code: string): Promise<Record<string, unknown>> {
  const { id_token } = (await app.redeem(code)).json<Tokens>();
  return JSON.parse(Buffer.from(id_token.split('.')[1] as string, 'base64url').toString());
}
