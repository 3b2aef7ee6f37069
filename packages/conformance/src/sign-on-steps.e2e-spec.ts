import { randomUUID } from 'node:crypto';
import { App } from './support/app.js';
import { Storage } from './support/database.js';
import { ADA, Tenant } from './support/environments.js';
import { Answer } from './support/http.js';
import { Person } from './support/person.js';
import {
  expectCode,
  expectErrorPage,
  expectPage,
  expectRedirectError,
  sameVerdict,
  unchanged,
} from './support/verdict.js';

const CHECK = { action: 'usernamePassword.check', ...ADA };
const ALLOW = { action: 'user.consent', accept: 'true' };
const DENY = { action: 'user.consent', accept: 'false' };

describe('steps of a flow', () => {
  const storage = new Storage();
  let tenant: Tenant;
  let app: App;

  const atSignOn = async () => {
    const person = tenant.person();
    return { person, page: await person.follow(app.authorizeUrl({ prompt: 'consent' })) };
  };

  const atConsent = async () => {
    const { person, page } = await atSignOn();
    return { person, page: await person.signOn(page, ADA.username, ADA.password), first: page };
  };

  /** Signed on and allowed, but not resumed yet. */
  const atResume = async () => {
    const { person, page } = await atConsent();
    const answer = await person.submit(page, ALLOW);
    return { person, page, resume: answer.location as string };
  };

  const flowOf = (page: Answer) => page.hiddenFields()['flowId'] as string;

  const statusOf = async (flowId: string) => {
    const [flow] = await storage.rows<{ status: string }>('SELECT status FROM flow WHERE id = $1', [flowId]);
    return flow?.status;
  };

  const codes = async () =>
    (await storage.rows('SELECT id FROM authorization_code WHERE environment_id = $1', [tenant.id])).length;

  beforeAll(async () => {
    tenant = await Tenant.create();
    app = tenant.app();
  });

  afterAll(() => storage.close());

  describe('CVE-2026-18963 CVE-2026-49448 SE-05 empty, wrong and repeated steps leave the flow where it is', () => {
    const USELESS: readonly [string, Record<string, string>][] = [
      ['nothing', { action: '' }],
      ['an unknown action', { action: 'flow.complete' }],
      ['__proto__', { action: '__proto__' }],
      ['a status', { action: '', status: 'COMPLETED' }],
      ['session.reset', { action: 'session.reset' }],
      ['consent given', ALLOW],
      ['consent refused', DENY],
      ['consent without an answer', { action: 'user.consent' }],
      ['name and password without either', { action: 'usernamePassword.check' }],
      ['empty name and password', { action: 'usernamePassword.check', username: '', password: '' }],
      ['a name alone', { action: 'usernamePassword.check', username: ADA.username }],
      ['a user id', { action: 'usernamePassword.check', userId: randomUUID(), username: ADA.username }],
    ];

    it.each(USELESS)('at the sign-on page: %s', async (_what, fields) => {
      const { person, page } = await atSignOn();
      await unchanged(storage, tenant.id, async () => {
        const answer = await sameVerdict(() => person.submit(page, fields));
        expect([303, 400]).toContain(answer.status);
        expect(answer.location ?? '/signon').toContain('/signon');
      });
      expect(person.cookie(`ST-${tenant.id}`)).toBeUndefined();
      expectPage(await person.signOn(page, ADA.username, ADA.password), 'consent');
    });

    it.each([
      ['nothing', { action: '' }],
      ['flow.cancel, which is not offered here', { action: 'flow.cancel' }],
      ['name and password again', CHECK],
      [
        'another’s name and password',
        { action: 'usernamePassword.check', username: 'grace', password: 'another horse battery' },
      ],
      ['consent without an answer', { action: 'user.consent' }],
      ['consent that is neither yes nor no', { action: 'user.consent', accept: '1' }],
    ] as [string, Record<string, string>][])('at the consent page: %s', async (_what, fields) => {
      const { person, page } = await atConsent();
      await unchanged(storage, tenant.id, async () => {
        const answer = await person.submit(page, fields);
        expect([303, 400]).toContain(answer.status);
        expect(answer.location ?? '/signon').toContain('/signon');
      });
      expectCode(await person.consent(page), app);
    });

    it.each([
      ['consent given again', ALLOW],
      ['consent refused afterwards', DENY],
      ['name and password', CHECK],
      ['session.reset', { action: 'session.reset' }],
      ['flow.cancel', { action: 'flow.cancel' }],
    ] as [string, Record<string, string>][])('when all is done: %s', async (_what, fields) => {
      const { person, page, resume } = await atResume();
      await unchanged(storage, tenant.id, async () => person.submit(page, fields));
      expect(await statusOf(flowOf(page))).toBe('COMPLETED');
      expectCode(await person.get(resume), app);
      await unchanged(storage, tenant.id, async () => expectErrorPage(await person.submit(page, fields)));
    });

    it('what was refused stays refused', async () => {
      const { person, page } = await atConsent();
      await person.submit(page, DENY);
      await unchanged(storage, tenant.id, async () => {
        for (const fields of [ALLOW, CHECK, { action: 'session.reset' }]) await person.submit(page, fields);
      });
      expectRedirectError(await person.get(`/${tenant.id}/as/resume?flowId=${flowOf(page)}`), app, 'access_denied');
    });
  });

  it('I1 a step or a resumption sent 20 times at once happens once', async () => {
    const { person, page } = await atConsent();
    const flowId = flowOf(page);
    await Promise.all(Array.from({ length: 20 }, (_, index) => person.submit(page, index % 2 ? ALLOW : DENY)));
    expect(['COMPLETED', 'FAILED']).toContain(await statusOf(flowId));

    const done = await atResume();
    const before = await codes();
    const answers = await Promise.all(Array.from({ length: 20 }, () => done.person.get(done.resume)));
    const [winners, losers] = [
      answers.filter(({ status }) => status === 303),
      answers.filter(({ status }) => status === 400),
    ];
    expect([winners.length, losers.length, await codes()]).toEqual([1, 19, before + 1]);
    expectCode(winners[0] as Answer, app);
  });

  it('I1 one sign-on form sent 10 times at once makes one session that lives', async () => {
    const { person, page } = await atSignOn();
    const answers = await Promise.all(Array.from({ length: 10 }, () => person.clone().submit(page, CHECK)));
    expect(
      answers.filter(({ setCookies }) => setCookies.some((line) => line.startsWith(`ST-${tenant.id}=`))),
    ).toHaveLength(1);
    const live = await storage.rows(
      `SELECT s.id FROM session s JOIN flow f ON f.session_id = s.id WHERE f.id = $1 AND s.ended_at IS NULL`,
      [flowOf(page)],
    );
    expect(live).toHaveLength(1);
  });

  describe('A16 resume', () => {
    it.each(['', 'x', randomUUID(), '00000000-0000-7000-8000-000000000000', `' OR 1=1--`, '%2e%2e'])(
      'flowId "%s" → page',
      async (flowId) => {
        const { person } = await atResume();
        await unchanged(storage, tenant.id, async () => {
          for (const path of ['as/resume', 'signon']) {
            expectErrorPage(await sameVerdict(() => person.get(`/${tenant.id}/${path}?flowId=${flowId}`)));
          }
        });
      },
    );

    it('of a flow that is not finished → back to the sign-on page', async () => {
      for (const { person, page } of [await atSignOn(), await atConsent()]) {
        const answer = await person.get(`/${tenant.id}/as/resume?flowId=${flowOf(page)}`);
        expect([answer.status, new URL(answer.location as string).pathname]).toEqual([303, `/${tenant.id}/signon`]);
      }
    });

    it('of an expired flow → page', async () => {
      const { person, page, resume } = await atResume();
      await storage.rows(`UPDATE flow SET expires_at = now() - interval '1 second' WHERE id = $1`, [flowOf(page)]);
      await unchanged(storage, tenant.id, async () => {
        expectErrorPage(await person.get(resume));
        expectErrorPage(await person.get(`/${tenant.id}/signon?flowId=${flowOf(page)}`));
        expectErrorPage(await person.submit(page, ALLOW));
      });
    });

    it('with no, another’s or an altered ST cookie → 403, and the person’s own browser still finishes it', async () => {
      const { person, resume } = await atResume();
      const name = `ST-${tenant.id}`;
      const own = person.cookie(name) as string;
      const other = (await atConsent()).person.cookie(name) as string;
      for (const value of [undefined, other, `${own}x`, own.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))]) {
        const thief = person.clone();
        if (value === undefined) thief.forget(name);
        else thief.setCookie(name, value);
        await unchanged(storage, tenant.id, async () => expectErrorPage(await thief.get(resume), 403));
      }
      expectCode(await person.get(resume), app);
    });

    it('twice → a code, then a page', async () => {
      const { person, resume } = await atResume();
      expectCode(await person.get(resume), app);
      await unchanged(storage, tenant.id, async () => expectErrorPage(await person.get(resume)));
    });

    it('in another environment → page', async () => {
      const other = await Tenant.create();
      const { person, resume, page } = await atResume();
      const theirs = new Person(app.baseUrl);
      for (const name of ['ST', 'SB'])
        theirs.setCookie(`${name}-${other.id}`, person.cookie(`${name}-${tenant.id}`) as string);
      for (const path of ['as/resume', 'signon']) {
        expectErrorPage(await theirs.get(`/${other.id}/${path}?flowId=${flowOf(page)}`));
      }
      expectCode(await person.get(resume), app);
    });
  });
});
