import { Approver, type Asked, aTill, cibaTenant, RequestRows, requestId, Till } from './support/ciba.js';
import { Storage } from './support/database.js';
import { ADA, type Tenant } from './support/environments.js';
import type { Answer } from './support/http.js';
import type { Person } from './support/person.js';
import { target } from './support/target.js';
import { expectClean, expectErrorPage, expectRefusal, unchanged } from './support/verdict.js';

const GRACE = { username: 'grace', password: 'another horse battery' };

describe('approvals of backchannel requests, seeds 7.9', () => {
  const storage = new Storage();
  const rows = new RequestRows(storage);
  let tenant: Tenant;
  let away: Tenant;
  let till: Till;
  let ada: Approver;
  let grace: Approver;

  beforeAll(async () => {
    [tenant, away] = await Promise.all([
      cibaTenant((file) => {
        file.clients.push(aTill(file, { id: 'leaving', name: 'Leaving Shop' }));
      }),
      cibaTenant(),
    ]);
    till = new Till(tenant.app('till'));
    ada = new Approver(tenant, tenant.person(), target.baseUrl, ADA);
    grace = new Approver(tenant, tenant.person(), target.baseUrl, GRACE);
    await Promise.all([ada.look(), grace.look()]);
  });
  afterAll(() => storage.close());

  const ask = (changes: Record<string, string> = {}) => till.ask({ login_hint: ADA.username, ...changes });
  /** Nothing may stay open from one test to the next: three are the limit. */
  afterEach(async () => {
    await storage.rows(
      `UPDATE backchannel_request SET expires_at = now() WHERE environment_id = $1 AND decision IS NULL`,
      [tenant.id],
    );
  });
  const session = () => `ST-${tenant.id}`;
  const decisionOf = async (asked: Asked) => (await rows.of(asked)).decision;

  it('B12 AZ-10 the page names client and scopes and shows the message verbatim, with all protections', async () => {
    await ask({ binding_message: 'Till 4 · 17,20 € <b>&</b>' });
    const page = await ada.look();
    expectClean(page);
    expect(page.text).toContain('Corner Shop');
    expect(page.text).toContain('See your orders');
    expect(page.text).toContain('Till 4 · 17,20 € &lt;b>&amp;&lt;/b>');
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(
        /default-src 'none'.*form-action 'self';.*frame-ancestors 'none'/,
      ),
    });
    const evil = await ada.person.get(ada.url, { origin: 'https://evil.example' });
    expect(evil.headers.get('access-control-allow-origin')).toBeNull();
    expect((await grace.look()).text).not.toContain('17,20');
  });

  it('house: nobody signed on → sign-on, and back to the page with what waits', async () => {
    const person = tenant.person();
    const first = await person.get(ada.url);
    expect(first.status).toBe(303);
    expect(first.location).toContain(`/${tenant.id}/signon?flowId=`);
    await ask({ binding_message: 'after the sign-on' });
    const page = await new Approver(tenant, person, target.baseUrl).look();
    expect(page.url).toContain('/approvals');
    expect(page.text).toContain('after the sign-on');
  });

  it.each([
    ['approve', 'approved', 'You allowed it'],
    ['deny', 'denied', 'You denied it'],
  ] as const)('B12 CB-08 %s: 303, the page says so, and it is asked no more', async (verdict, decision, words) => {
    const asked = await ask();
    const pressed = await ada.press(await ada.look(), asked, verdict);
    expect([pressed.status, pressed.location?.startsWith(ada.url)]).toEqual([303, true]);
    const after = await ada.person.settle(pressed);
    expect(after.text).toContain(words);
    expect(after.text).not.toContain(requestId(asked));
    expect(await decisionOf(asked)).toBe(decision);
  });

  it('CB-08 the same answer pressed again, or the other one, changes nothing', async () => {
    const asked = await ask();
    const page = await ada.look();
    await ada.press(page, asked, 'deny');
    for (const verdict of ['approve', 'deny'] as const) {
      const again = await ada.person.settle(await ada.press(page, asked, verdict));
      expect(again.text).toContain('You denied it');
    }
    expect(await decisionOf(asked)).toBe('denied');
  });

  it('CB-08 approve and deny pressed at the same moment: one wins, and page and poll agree', async () => {
    for (let round = 0; round < 5; round++) {
      const asked = await ask();
      const page = await ada.look();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => ada.press(page, asked, index % 2 ? 'approve' : 'deny')),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(303));
      const shown = (await ada.person.follow(answers[0]?.location ?? '')).text;
      const polled = await till.poll(asked);
      const approved = (await decisionOf(asked)) === 'approved';
      expect([shown.includes('You allowed it'), polled.status]).toEqual([approved, approved ? 200 : 400]);
      if (!approved) expect(polled.error).toBe('access_denied');
    }
  });

  describe('forgery', () => {
    const forms = (asked: Asked, page: Answer) => {
      const id = requestId(asked);
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      return { request: id, csrf, verdict: 'approve' };
    };
    async function refused(asked: Asked, act: () => Promise<Answer>): Promise<void> {
      const answer = await unchanged(storage, tenant.id, act);
      expectErrorPage(answer, 403);
      expect(await decisionOf(asked)).toBeNull();
    }

    it('CB-08 AZ-15 without the token, with another’s, or from elsewhere → 403; as it is → taken', async () => {
      const asked = await ask();
      const other = await ask();
      const page = await ada.look();
      const good = forms(asked, page);
      const post = (form: Record<string, string>, headers = {}, who: Person = ada.person) =>
        who.post(ada.url, form, headers);
      await refused(asked, () => post({ ...good, csrf: '' }));
      await refused(asked, () => post({ request: good.request, verdict: 'approve' }));
      await refused(other, () => post({ ...good, request: requestId(other) }));
      await refused(asked, () => post(good, { origin: 'https://evil.example' }));
      await refused(asked, () => post(good, { 'sec-fetch-site': 'cross-site' }));
      const bare = tenant.person();
      await refused(asked, () => post(good, {}, bare));
      expect((await post(good, { origin: target.baseUrl })).status).toBe(303);
      expect(await decisionOf(asked)).toBe('approved');
    });

    it('CB-08 user 2 with a sound form of their own cannot answer user 1’s request', async () => {
      const asked = await ask();
      // The browser is the same, so its token would do; the session is not.
      const twin = ada.person.clone();
      const good = forms(asked, await ada.look());
      twin.setCookie(session(), grace.person.cookie(session()) ?? 'none');
      await refused(asked, () => twin.post(ada.url, good));
      expect((await ada.person.post(ada.url, good)).status).toBe(303);
    });

    it('house: an answer that is none → 400', async () => {
      const asked = await ask();
      const good = forms(asked, await ada.look());
      expectErrorPage(await ada.person.post(ada.url, { ...good, verdict: 'perhaps' }), 400);
      expect(await decisionOf(asked)).toBeNull();
    });

    it('SE-03 RT-10 a session that ended answers nothing', async () => {
      const person = tenant.person();
      const visitor = new Approver(tenant, person, target.baseUrl);
      const asked = await ask();
      const page = await visitor.look();
      person.forget(session());
      const answer = await visitor.press(page, asked, 'approve');
      expect(answer.location).toBe(visitor.url);
      expect(await decisionOf(asked)).toBeNull();
    });
  });

  it('B9 too late is too late: the page says so', async () => {
    const asked = await ask();
    const page = await ada.look();
    await rows.age(asked, 301);
    const after = await ada.person.settle(await ada.press(page, asked, 'approve'));
    expect(after.text).toContain('too late');
    expect((await till.poll(asked)).error).toBe('expired_token');
  });

  it('X14 what a client asked that is disabled since is not shown', async () => {
    const asked = await new Till(tenant.app('leaving')).ask({ login_hint: ADA.username });
    expect((await ada.look()).text).toContain('Leaving Shop');
    await tenant.change(({ clients }) => {
      for (const client of clients) if (client.id === 'leaving') client.enabled = false;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await ada.look()).text).not.toContain('Leaving Shop');
    expect(await decisionOf(asked)).toBeNull();
  });

  describe('JSON API', () => {
    it('B12 lists what waits, and nothing of anybody else', async () => {
      const asked = await ask({ binding_message: 'over JSON' });
      const answer = await ada.api();
      expectClean(answer);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      const self = { href: `${ada.url}/requests/${requestId(asked)}` };
      expect(answer.json()).toMatchObject({
        count: 1,
        _embedded: {
          requests: [
            {
              ...{ id: requestId(asked), status: 'PENDING', bindingMessage: 'over JSON' },
              application: { id: 'till', name: 'Corner Shop' },
              scopes: [
                { name: 'openid' },
                { name: 'profile' },
                { name: 'orders:read', description: 'See your orders' },
              ],
              _links: { self, approve: self, deny: self },
            },
          ],
        },
      });
      expect((await grace.api()).json()).toMatchObject({ count: 0 });
    });

    it.each([
      ['approve', 'APPROVED', 'approved'],
      ['deny', 'DENIED', 'denied'],
    ] as const)('CB-08 %s answers once; again → 409', async (action, status, decision) => {
      const asked = await ask();
      const path = `/${requestId(asked)}`;
      expect((await ada.api(path, action)).json()).toMatchObject({ id: requestId(asked), status });
      const again = await unchanged(storage, tenant.id, () => ada.api(path, 'deny'));
      expect([again.status, again.json()['code']]).toEqual([409, 'CONFLICT']);
      expect(await decisionOf(asked)).toBe(decision);
    });

    it('CB-08 no session → 401; another user’s, another environment’s or unknown → 404; a strange action → 400', async () => {
      const asked = await ask();
      const path = `/${requestId(asked)}`;
      const stranger = new Approver(tenant, tenant.person(), target.baseUrl);
      const elsewhere = new Approver(away, away.person(), target.baseUrl);
      await elsewhere.look();
      await unchanged(storage, tenant.id, async () => {
        const told = [
          await stranger.api(),
          await stranger.api(path, 'approve'),
          await grace.api(path, 'approve'),
          await elsewhere.api(path, 'approve'),
          await ada.api('/nonsense', 'approve'),
          await ada.api(path, 'perhaps'),
        ];
        for (const answer of told) expectRefusal(answer);
        expect(told.map(({ status }) => status)).toEqual([401, 401, 404, 404, 404, 400]);
        for (const answer of told) {
          expect(answer.json()).toEqual({
            ...{ id: expect.any(String), code: expect.any(String), message: expect.any(String) },
            details: expect.any(Array),
          });
        }
      });
      expect((await ada.api(path, 'approve')).status).toBe(200);
    });

    it('CB-08 HT-04 from another origin, or without one → 403, and no script may read it', async () => {
      const asked = await ask();
      const path = `/${requestId(asked)}`;
      await unchanged(storage, tenant.id, async () => {
        for (const headers of [
          { origin: 'https://evil.example' },
          { origin: 'null' },
          { 'sec-fetch-site': 'cross-site' },
        ]) {
          const answer = await ada.api(path, 'approve', headers);
          expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
        }
        expect((await ada.api('', undefined, { origin: 'https://evil.example' })).status).toBe(403);
      });
      expect((await ada.api(path, 'approve')).status).toBe(200);
    });

    it('CB-08 a form is no answer', async () => {
      const asked = await ask();
      const answer = await ada.person.post(`${ada.url}/requests/${requestId(asked)}`, { action: 'approve' });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(await decisionOf(asked)).toBeNull();
    });
  });
});
