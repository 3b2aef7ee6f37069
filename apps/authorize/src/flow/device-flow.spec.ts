import type { HttpCall } from '@grantway/contracts';
import { bindBrowser, csrfToken, USER_CODE_PER_SESSION } from '@grantway/domain';
import { aClient, aNewSession, anEnvironment, aUser } from '@grantway/testing';
import {
  BROWSER,
  browserHash,
  FlowHouse,
  kindOf,
  locationOf,
  PASSWORD,
  pageOf,
  sessionIn,
} from '../../test/flow-house.js';

const TV = aClient({ id: 'tv', name: 'Television' });

/** A house with one device waiting, and a person before it who signed on. */
async function house(environment = anEnvironment()) {
  const made = new FlowHouse({ clients: [TV, aClient()], environment });
  const { stores, userCodes } = made;
  const wait = async (code: string, clientId = TV.id) => {
    const started = await stores.devices.start(
      {
        ...{ environmentId: 'acme', clientId, scope: ['openid', 'orders:read'], resources: ['https://orders.example'] },
        userCodeHash: userCodes.hash('acme', userCodes.canonical(code)),
        ...{ lifetime: 600, interval: 5 },
      },
      10,
    );
    return 'deviceCode' in started ? started.deviceCode : '';
  };
  const deviceCode = await wait('WDJB-MJHT');
  const poll = (code = deviceCode, clientId = TV.id) => stores.devices.poll('acme', code, clientId);
  const begin = async (purpose: object = {}, hash: Uint8Array = browserHash, userId = 'user-alice') => {
    const { session, handle } = await stores.sessions.create(aNewSession({ userId }));
    const known = { status: 'DAG_USER_CODE_REQUIRED', sessionId: session.id, userId, browserHash: hash };
    const flowId = await made.begin({ kind: 'device', ...purpose }, known);
    return { flowId, session, cookies: { browser: BROWSER, session: handle } };
  };
  const enter = (flowId: string, userCode: string, overrides: Partial<HttpCall>) =>
    made.submit(flowId, { action: 'deviceAuthGrant.userCode.verify', userCode }, overrides);
  const consent = (flowId: string, accept: string, overrides: Partial<HttpCall>) =>
    made.submit(flowId, { action: 'deviceAuthGrant.consent', accept }, overrides);
  /** As far as the consent page. */
  const asked = async () => {
    const visit = await begin();
    await enter(visit.flowId, 'WDJB-MJHT', { cookies: visit.cookies });
    return visit;
  };
  return { made, stores, wait, poll, begin, enter, consent, asked };
}

describe('a device’s code, from sign-on to the answer', () => {
  it('D6 D8 sign-on, code, consent: the device is approved with what it asked for and who allowed it', async () => {
    const { made, stores, enter, consent, poll } = await house();
    const flowId = await made.begin({ kind: 'device', userCode: 'WDJB-MJHT' });
    const page = pageOf(await made.page(flowId));
    expect(page).toMatchObject({ page: 'sign-on' });
    expect(page).not.toHaveProperty('clientName');
    const signedOn = await made.submit(flowId, {
      ...{ action: 'usernamePassword.check', username: 'alice', password: PASSWORD },
    });
    const cookies = { browser: BROWSER, session: sessionIn(signedOn) ?? '' };
    expect(await made.statusOf(flowId)).toBe('DAG_USER_CODE_REQUIRED');
    expect(pageOf(await made.page(flowId, { cookies }))).toMatchObject({
      ...{ page: 'device-code', username: 'alice', userCode: 'WDJB-MJHT' },
    });
    expect((await poll()).state).toBe('pending');

    await enter(flowId, 'WDJB-MJHT', { cookies });
    expect(await made.statusOf(flowId)).toBe('DAG_CONSENT_REQUIRED');
    expect(pageOf(await made.page(flowId, { cookies }))).toMatchObject({
      ...{ page: 'device-consent', clientName: 'Television', username: 'alice', userCode: 'WDJB-MJHT' },
      scopes: [{ name: 'openid' }, { name: 'orders:read', description: 'See orders' }],
    });
    expect(await made.read(flowId, { cookies })).toMatchObject({
      body: { status: 'DAG_CONSENT_REQUIRED', _embedded: { device: { userCode: 'WDJB-MJHT' } } },
    });
    expect((await poll()).state).toBe('pending');

    expect(locationOf(await consent(flowId, 'true', { cookies }))).toBe(`/acme/as/resume?flowId=${flowId}`);
    const session = await stores.sessions.find('acme', cookies.session, 60);
    expect(await poll()).toMatchObject({
      state: 'approved',
      authorization: {
        subject: { kind: 'user', id: 'user-alice' },
        resources: ['https://orders.example'],
        authentication: { sessionId: session?.id, time: session?.authTime, acr: 'Single_Factor', amr: ['pwd'] },
      },
    });
    expect((await stores.consents.find('acme', 'user-alice', 'tv')).toArray()).toEqual(['openid', 'orders:read']);
    expect(pageOf(await made.finish(flowId))).toMatchObject({ page: 'flow-end', outcome: 'device_allowed' });
  });

  it('D8 a refusal fails the flow, and the device hears of it', async () => {
    const { made, stores, consent, asked, poll } = await house();
    const { flowId, cookies } = await asked();
    await consent(flowId, 'false', { cookies });
    expect(await made.statusOf(flowId)).toBe('FAILED');
    expect((await poll()).state).toBe('denied');
    expect(pageOf(await made.finish(flowId))).toMatchObject({ page: 'flow-end', outcome: 'device_refused' });
    expect((await stores.consents.find('acme', 'user-alice', 'tv')).size).toBe(0);
  });

  it('D6 what was allowed before is asked again', async () => {
    const { made, consent, asked, wait, begin, enter } = await house();
    const first = await asked();
    await consent(first.flowId, 'true', { cookies: first.cookies });
    await wait('GHST-XQZW');
    const second = await begin();
    await enter(second.flowId, 'GHST-XQZW', { cookies: second.cookies });
    expect(await made.statusOf(second.flowId)).toBe('DAG_CONSENT_REQUIRED');
  });

  it.each(['wdjb-mjht', 'WDJBMJHT', ' w d j b - m j h t ', 'ＷＤＪＢ—ＭＪＨＴ'])(
    'D7 "%s" is the same code',
    async (typed) => {
      const { made, begin, enter } = await house();
      const { flowId, cookies } = await begin();
      await enter(flowId, typed, { cookies });
      expect(await made.statusOf(flowId)).toBe('DAG_CONSENT_REQUIRED');
    },
  );

  it('D7 unknown, expired, decided, a disabled client’s and another page’s codes get the same answer', async () => {
    const { made, stores, wait, begin, enter } = await house();
    await wait('BCDF-GHJK', 'shop');
    stores.clients.add(aClient({ enabled: false }));
    const decided = await wait('LMNP-QRST');
    expect(decided).not.toBe('');
    const found = await stores.devices.findByUserCode('acme', made.userCodes.hash('acme', 'LMNPQRST'));
    await stores.devices.decide('acme', found?.id ?? '', undefined);
    const bodies = new Set<string>();
    for (const [code, purpose] of [
      ['XXXX-XXXX', {}],
      ['LMNP-QRST', {}],
      ['BCDF-GHJK', {}],
      ['x'.repeat(5_000), {}],
    ] as const) {
      const { flowId, cookies } = await begin(purpose, bindBrowser(BROWSER).hash);
      const {
        form: _,
        userCode: __,
        ...page
      } = pageOf(await enter(flowId, code, { cookies })) as never as Record<string, unknown>;
      bodies.add(JSON.stringify(page));
      expect(await made.statusOf(flowId)).toBe('DAG_USER_CODE_REQUIRED');
    }
    expect([...bodies].map((body) => JSON.parse(body))).toMatchObject([{ problem: { kind: 'wrong' } }]);
  });

  it('D10 a client’s own page takes its own devices’ codes alone', async () => {
    const { made, begin, enter } = await house();
    const foreign = await begin({ clientId: 'shop' });
    expect(pageOf(await enter(foreign.flowId, 'WDJB-MJHT', { cookies: foreign.cookies }))).toMatchObject({
      problem: { kind: 'wrong' },
    });
    const own = await begin({ clientId: 'tv' });
    await enter(own.flowId, 'WDJB-MJHT', { cookies: own.cookies });
    expect(await made.statusOf(own.flowId)).toBe('DAG_CONSENT_REQUIRED');
  });

  it('X14 a client that is disabled before consent ends the visit', async () => {
    const { made, stores, asked, consent, poll } = await house();
    const { flowId, cookies } = await asked();
    stores.clients.add(aClient({ ...TV, enabled: false }));
    expect(kindOf(await made.page(flowId))).toBe('flow_expired');
    expect(kindOf(await consent(flowId, 'true', { cookies }))).toBe('flow_expired');
    expect((await poll()).state).toBe('pending');
  });
});

const problemKind = (page: unknown) => (page as { problem?: { kind: string } }).problem?.kind;

describe('guessing user codes', () => {
  const guesses = async (all: Awaited<ReturnType<typeof house>>, times: number, ip: string, userId?: string) => {
    const cookie = bindBrowser(undefined).cookie;
    const { flowId, cookies } = await all.begin({}, bindBrowser(cookie).hash, userId);
    const overrides = { cookies: { ...cookies, browser: cookie }, ip };
    const type = (userCode: string) => {
      const form = { action: 'deviceAuthGrant.userCode.verify', userCode, csrf: csrfToken(cookie, flowId) };
      return all.made.submit(flowId, form, overrides);
    };
    const replies = [];
    for (let time = 0; time < times; time++) replies.push(pageOf(await type(`WRONG-${time}`)));
    return { replies, tryRight: () => type('WDJB-MJHT'), flowId };
  };
  /** Somebody who guessed at nothing yet. */
  const someone = (all: Awaited<ReturnType<typeof house>>, name: string) => {
    all.stores.users.add(aUser({ id: `user-${name}`, username: name }));
    return `user-${name}`;
  };

  it('DV-01 a person’s sixth waits, the right one as well and in any browser; others go on, and time heals', async () => {
    const all = await house();
    const { replies, tryRight, flowId } = await guesses(all, 6, '192.0.2.1');
    expect(replies.slice(0, 5)).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ problem: { kind: 'wrong' } })),
    );
    expect(replies[5]).toMatchObject({ problem: { kind: 'wait' } });
    expect(await tryRight()).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } });
    const again = await guesses(all, 0, '192.0.2.9');
    expect(await again.tryRight()).toMatchObject({ status: 429 });

    const clean = await guesses(all, 0, '192.0.2.1', 'user-bob');
    await clean.tryRight();
    expect(await all.made.statusOf(clean.flowId)).toBe('DAG_CONSENT_REQUIRED');
    all.stores.clock.elapse(USER_CODE_PER_SESSION.block);
    expect(await all.made.statusOf(flowId)).toBe('DAG_USER_CODE_REQUIRED');
    await all.wait('GHST-XQZW');
    const later = await guesses(all, 4, '192.0.2.1');
    expect(later.replies.at(-1)).toMatchObject({ problem: { kind: 'wrong' } });
  });

  it('DV-01 the right code costs nothing, and makes good no wrong ones', async () => {
    const all = await house();
    for (let time = 0; time < 30; time++) {
      const { tryRight, flowId } = await guesses(all, 0, '192.0.2.1');
      await tryRight();
      expect(await all.made.statusOf(flowId)).toBe('DAG_CONSENT_REQUIRED');
    }
    await guesses(all, 4, '192.0.2.1');
    const { tryRight } = await guesses(all, 0, '192.0.2.1');
    expect((await tryRight()).kind).toBe('redirect');
    const { replies } = await guesses(all, 2, '192.0.2.1');
    expect(replies).toMatchObject([{ problem: { kind: 'wrong' } }, { problem: { kind: 'wait' } }]);
  });

  it('DV-01 of a burst no more are looked at', async () => {
    const all = await house();
    const { flowId, cookies } = await all.begin();
    const burst = await Promise.all(Array.from({ length: 40 }, (_, n) => all.enter(flowId, `CODE-${n}`, { cookies })));
    const wrong = burst.filter((reply) => (pageOf(reply) as { problem?: { kind: string } }).problem?.kind === 'wrong');
    expect(wrong).toHaveLength(5);
  });

  it('DV-01 the twenty-first of one address waits, whoever it is; another address goes on', async () => {
    const all = await house();
    for (const name of ['p1', 'p2', 'p3', 'p4']) await guesses(all, 5, '2001:db8::1', someone(all, name));
    const { tryRight } = await guesses(all, 0, '2001:db8::ffff:1', 'user-bob');
    expect(await tryRight()).toMatchObject({ status: 429 });
    const elsewhere = await guesses(all, 0, '192.0.2.2');
    await elsewhere.tryRight();
    expect(await all.made.statusOf(elsewhere.flowId)).toBe('DAG_CONSENT_REQUIRED');
  });

  it('DV-01 parallel guesses of one address, whoever makes them: twenty are looked at', async () => {
    const all = await house();
    const people = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8'].map((name) => someone(all, name));
    const found = await Promise.all(people.map((userId) => guesses(all, 5, '192.0.2.1', userId)));
    const wrong = found.flatMap(({ replies }) => replies).filter((page) => problemKind(page) === 'wrong');
    expect(wrong).toHaveLength(20);
  });

  it('DV-01 a short code gets half the tries', async () => {
    const all = await house(anEnvironment({ userCode: { characters: 'letters', length: 6 } }));
    const { replies } = await guesses(all, 3, '192.0.2.1');
    expect(replies.map((page) => (page as { problem?: { kind: string } }).problem?.kind)).toEqual([
      ...['wrong', 'wrong', 'wait'],
    ]);
  });

  it('I14 counters that are away let nobody guess', async () => {
    const all = await house();
    const { flowId, cookies } = await all.begin();
    all.stores.attempts.count = () => Promise.reject(new Error('storage is away'));
    await expect(all.enter(flowId, 'WDJB-MJHT', { cookies })).rejects.toThrow('storage is away');
  });
});

describe('who decides, and when', () => {
  it('DV-05 looking decides nothing, and neither does a form without its token or from elsewhere', async () => {
    const { made, asked, consent, poll } = await house();
    const { flowId, cookies } = await asked();
    await made.page(flowId, { cookies });
    expect(
      kindOf(await made.submit(flowId, { action: 'deviceAuthGrant.consent', accept: 'true', csrf: '' }, { cookies })),
    ).toBe('forged');
    expect(kindOf(await consent(flowId, 'true', { cookies, origin: 'https://evil.example' }))).toBe('forged');
    expect((await poll()).state).toBe('pending');
  });

  it.each(['', 'yes', 'TRUE'])('AZ-15 "%s" is no decision', async (accept) => {
    const { asked, consent, poll } = await house();
    const { flowId, cookies } = await asked();
    expect(kindOf(await consent(flowId, accept, { cookies }))).toBe('bad_request');
    expect((await poll()).state).toBe('pending');
  });

  it('CVE-2025-12390 only the session that signed on in this flow enters codes and decides', async () => {
    const { made, stores, begin, enter, consent, poll } = await house();
    const { flowId, cookies } = await begin();
    const { handle } = await stores.sessions.create(aNewSession({ userId: 'user-bob' }));
    for (const other of [{ browser: BROWSER }, { browser: BROWSER, session: handle }]) {
      expect(kindOf(await enter(flowId, 'WDJB-MJHT', { cookies: other }))).toBe('other_browser');
    }
    await enter(flowId, 'WDJB-MJHT', { cookies });
    for (const other of [{ browser: BROWSER }, { browser: BROWSER, session: handle }]) {
      expect(kindOf(await consent(flowId, 'true', { cookies: other }))).toBe('other_browser');
    }
    expect(await made.statusOf(flowId)).toBe('DAG_CONSENT_REQUIRED');
    expect((await poll()).state).toBe('pending');
  });

  it('D6 "not you?" asks the next person for the code again', async () => {
    const { made, asked, poll } = await house();
    const { flowId, cookies } = await asked();
    await made.submit(flowId, { action: 'session.reset' }, { cookies });
    const signedOn = await made.submit(flowId, {
      ...{ action: 'usernamePassword.check', username: 'bob', password: 'battery staple' },
    });
    expect(sessionIn(signedOn)).toBeDefined();
    expect(await made.statusOf(flowId)).toBe('DAG_USER_CODE_REQUIRED');
    expect((await poll()).state).toBe('pending');
  });

  it('house: allowed and refused at the same moment: one wins, and page and device agree', async () => {
    const { made, asked, consent, poll } = await house();
    const { flowId, cookies } = await asked();
    await Promise.all(['true', 'false', 'true', 'false'].map((accept) => consent(flowId, accept, { cookies })));
    const { state } = await poll();
    const page = pageOf(await made.finish(flowId));
    expect(page).toMatchObject({ outcome: state === 'approved' ? 'device_allowed' : 'device_refused' });
    expect(await made.statusOf(flowId)).toBe(state === 'approved' ? 'COMPLETED' : 'FAILED');
  });

  it('house: decided by somebody else meanwhile is told plainly', async () => {
    const { made, stores, asked, begin, enter, consent, poll } = await house();
    const mine = await asked();
    const { hash } = bindBrowser(BROWSER);
    const theirs = await begin({}, hash, 'user-bob');
    await enter(theirs.flowId, 'WDJB-MJHT', { cookies: theirs.cookies });
    await consent(theirs.flowId, 'false', { cookies: theirs.cookies });
    expect(pageOf(await consent(mine.flowId, 'true', { cookies: mine.cookies }))).toMatchObject({
      outcome: 'device_gone',
    });
    expect(pageOf(await made.page(mine.flowId))).toMatchObject({ outcome: 'device_gone', again: '/acme/device' });
    expect(await made.statusOf(mine.flowId)).toBe('DAG_CONSENT_REQUIRED');
    expect((await poll()).state).toBe('denied');
    expect((await stores.consents.find('acme', 'user-alice', 'tv')).size).toBe(0);
  });

  it('DV-03 a code that ran out while the person was thinking', async () => {
    const { made, stores, asked, consent, poll } = await house();
    const { flowId, cookies } = await asked();
    stores.clock.elapse(601);
    expect(pageOf(await consent(flowId, 'true', { cookies }))).toMatchObject({ outcome: 'device_gone' });
    expect(await made.statusOf(flowId)).toBe('DAG_CONSENT_REQUIRED');
    expect((await poll()).state).toBe('expired');
  });
});

describe('a visit to a page of our own', () => {
  it('SE-04 leads there and nowhere else, once signed on', async () => {
    const { made } = await house();
    const flowId = await made.begin({ kind: 'sign_on', returnTo: 'approvals' });
    const signedOn = await made.submit(flowId, {
      ...{ action: 'usernamePassword.check', username: 'alice', password: PASSWORD, return_to: '//evil.example' },
    });
    expect(locationOf(signedOn)).toBe(`/acme/as/resume?flowId=${flowId}`);
    expect(locationOf(await made.finish(flowId))).toBe('/acme/approvals');
  });

  it('house: cancelled, it leads nowhere', async () => {
    const { made } = await house();
    const flowId = await made.begin({ kind: 'sign_on', returnTo: 'approvals' });
    await made.submit(flowId, { action: 'flow.cancel' });
    expect(pageOf(await made.finish(flowId))).toMatchObject({ page: 'flow-end', outcome: 'cancelled' });
  });
});
