import {
  ALL,
  announce,
  decide,
  mayHear,
  mayPublish,
  mayServe,
  OWN,
  refused,
  SERVED,
  USERS,
  WHO,
} from './support/bus-subjects.js';
import { GuardedBus } from './support/guarded-bus.js';

const VIOLATION = /^'Permissions Violation for (Publish|Subscription) to "/;
const TEAM = 'grant-team-one';

describe('who may do what on the bus, design section 5', () => {
  let bus: GuardedBus;

  beforeAll(async () => {
    bus = await GuardedBus.start();
  });
  afterEach(() => bus.clear());
  afterAll(() => bus.stop());

  /** Everybody but these, listening to all they may listen to. */
  const everybodyBut = async (...absent: string[]) => {
    const present = USERS.filter((name) => !absent.includes(name));
    const others = await Promise.all(present.map((name) => bus.listening(name)));
    return async () => (await Promise.all(others.map((other) => other.hears()))).flat();
  };

  /** Everything anybody may say is said. */
  const everybodySpeaks = async (...absent: string[]) => {
    for (const name of USERS.filter((each) => !absent.includes(each))) {
      const user = await bus.as(name);
      for (const subject of mayPublish(name)) {
        const objection = await user.publish(subject, `{"from":"${name}"}`);
        expect([name, subject, objection]).toEqual([name, subject, undefined]);
      }
    }
  };

  describe('a grant service', () => {
    it('IN-01 announces, is asked, answers, hears who is asked for and why it is refused', async () => {
      const token = await bus.as('token');
      expect(await token.subscribe('grants.v1.announce.*')).toBeUndefined();
      expect(await token.subscribe('_INBOX.token.a.*')).toBeUndefined();
      const team = await bus.listening(TEAM);
      expect(await team.publish(announce('team-one'), '{"state":"here"}')).toBeUndefined();
      expect(await token.hears()).toEqual([{ subject: announce('team-one'), payload: '{"state":"here"}' }]);
      for (const subject of [WHO, refused('team-one')]) expect(await token.publish(subject)).toBeUndefined();
      expect(await token.publish(decide('team-one'), '{"may":"I"}', '_INBOX.token.a.1')).toBeUndefined();
      expect(await team.hears()).toEqual([
        { subject: WHO, payload: '{}' },
        { subject: refused('team-one'), payload: '{}' },
        { subject: decide('team-one'), reply: '_INBOX.token.a.1', payload: '{"may":"I"}' },
      ]);
      expect(await team.publish('_INBOX.token.a.1', '{"reply":"yes"}')).toBeUndefined();
      expect(await token.hears()).toEqual([{ subject: '_INBOX.token.a.1', payload: '{"reply":"yes"}' }]);
    });

    it('IN-01 answers once, and only whoever asked', async () => {
      const token = await bus.as('token');
      await token.subscribe('_INBOX.token.a.*');
      const team = await bus.listening(TEAM);
      await token.publish(decide('team-one'), '{}', '_INBOX.token.a.1');
      await team.hears();
      for (const inbox of ['_INBOX.token.a.2', '_INBOX.token.b.1', '_INBOX.gateway.a.1', '_INBOX.token.a.1.more']) {
        expect(await team.publish(inbox, '{"reply":"forged"}')).toMatch(VIOLATION);
      }
      expect(await team.publish('_INBOX.token.a.1', '{"reply":1}')).toBeUndefined();
      expect(await team.publish('_INBOX.token.a.1', '{"reply":2}')).toMatch(VIOLATION);
      expect(await token.hears()).toEqual([{ subject: '_INBOX.token.a.1', payload: '{"reply":1}' }]);
    });

    /** Subject, and the queue it tries. */
    const ELSEWHERE: [subject: string, queue?: string][] = [
      ...['>', '*', '*.>', '*.*.*.*', 'grants.>', 'grants.v1.>', 'grants.*.*.*'].map((all): [string] => [all]),
      ['>', 'grant-team-one'],
      [decide('team-two')],
      [decide('team-two'), 'grant-team-one'],
      [decide('team-two'), 'grant-team-two'],
      [decide('*')],
      [decide('*'), 'grant-team-one'],
      [decide('>')],
      ['grants.v1.*.team-one'],
      ['grants.*.decide.team-one', 'grant-team-one'],
      [announce('*')],
      [announce('team-two')],
      [announce('team-one')],
      [refused('*')],
      [refused('team-two')],
      ['grants.v1.*'],
      ...['_INBOX.>', '_INBOX.*.>', '_INBOX.token.>', '_INBOX.gateway.a.*', '_INBOX.grant-team-one.>', '_INBOX.x'].map(
        (inbox): [string] => [inbox],
      ),
      ...Object.keys(SERVED).map((room): [string] => [`${room}.v1.>`]),
      ...OWN.map((subject): [string] => [subject]),
      ...Object.entries(SERVED).flatMap(([room, subjects]) => subjects.map((each): [string, string] => [each, room])),
      ...['$SYS.>', '$SYS.REQ.SERVER.PING', '$JS.API.>', '$KV.>'].map((system): [string] => [system]),
      // Its own questions, past its replicas: each would hear what another one answers.
      [decide('team-one')],
      [decide('team-one'), 'eavesdroppers'],
      [decide('team-one'), 'grant-team-two'],
      [decide('team-one'), '>'],
    ];

    it('IN-01 cannot listen anywhere else: refused, and it hears nothing of what everybody says', async () => {
      const team = await bus.as(TEAM);
      for (const [subject, queue] of ELSEWHERE) {
        const objection = (await team.subscribe(subject, queue)) ?? 'permitted';
        expect([subject, queue, objection]).toEqual([subject, queue, expect.stringMatching(VIOLATION)]);
      }
      const hears = await everybodyBut(TEAM);
      await everybodySpeaks(TEAM);
      const said = await hears();
      expect(new Set(said.map(({ subject }) => subject)).size).toBeGreaterThan(OWN.length);
      expect(await team.hears()).toEqual([]);
    });

    const OTHERS = [
      ...ALL.filter((subject) => subject !== announce('team-one')),
      ...[announce('team-one.more'), announce('nobody'), 'grants.v2.announce.team-one'],
      ...['_INBOX.token.a.1', '_INBOX.gateway.a.1', '_INBOX.ciba.a.1', '_INBOX.x', 'anything', 'token.v1.unheard-of'],
      ...['$SYS.REQ.SERVER.PING', '$SYS.REQ.SERVER.PING.CONNZ', '$SYS.ACCOUNT.$G.CONNECT', '$JS.API.INFO', '$KV.a.b'],
    ];

    it('IN-01 cannot say anything else: refused, and nobody hears it', async () => {
      const hears = await everybodyBut(TEAM);
      const asking = await Promise.all(['token', 'gateway', 'ciba'].map((name) => bus.as(name)));
      for (const [at, name] of ['token', 'gateway', 'ciba'].entries()) {
        expect(await asking[at]?.subscribe(`_INBOX.${name}.a.*`)).toBeUndefined();
      }
      const team = await bus.listening(TEAM);
      for (const subject of OTHERS) {
        const objection = (await team.publish(subject, '{"forged":true}')) ?? 'permitted';
        expect([subject, objection]).toEqual([subject, expect.stringMatching(VIOLATION)]);
        // And not with a way back, by which it could be told something.
        expect(await team.publish(subject, '{"forged":true}', '_INBOX.grant-team-one.a')).toMatch(VIOLATION);
      }
      expect(await hears()).toEqual([]);
      for (const asker of asking) expect(await asker.hears()).toEqual([]);
      expect(await team.hears()).toEqual([]);
    });
  });

  describe('each service of Grantway’s own, and a host of several grants', () => {
    it.each(USERS)('IN-01 %s says what is its own to say, and is refused everything else', async (name) => {
      const user = await bus.as(name);
      const verdicts = await inTurn(ALL, async (subject) => [subject, verdict(await user.publish(subject))]);
      expect(verdicts).toEqual(ALL.map((subject) => [subject, mayPublish(name).includes(subject)]));
      for (const subject of ['$SYS.REQ.SERVER.PING', '_INBOX.gateway.a', '_INBOX.token.a', `_INBOX.${name}.a`]) {
        expect([subject, await user.publish(subject)]).toEqual([subject, expect.stringMatching(VIOLATION)]);
      }
    });

    it.each(USERS)('IN-01 %s listens where it must, in its queue group, and nowhere else', async (name) => {
      const user = await bus.listening(name);
      const served = new Map(mayServe(name));
      const alone = await inTurn(ALL, async (subject) => [subject, verdict(await user.subscribe(subject))]);
      expect(alone).toEqual(ALL.map((subject) => [subject, mayHear(name).includes(subject)]));
      const queued = await inTurn(ALL, async (subject) => [
        subject,
        verdict(await user.subscribe(subject, queueOf(subject))),
      ]);
      expect(queued).toEqual(ALL.map((subject) => [subject, served.has(subject) || mayHear(name).includes(subject)]));
      for (const subject of ['>', 'grants.>', '_INBOX.>', '_INBOX.*', '$SYS.>']) {
        expect([subject, await user.subscribe(subject)]).toEqual([subject, expect.stringMatching(VIOLATION)]);
      }
    });

    it.each(USERS)('IN-01 %s reads no inbox but its own', async (name) => {
      const user = await bus.as(name);
      const asks = ['gateway', 'token', 'ciba'];
      const verdicts = await inTurn(USERS, async (other) => [
        other,
        verdict(await user.subscribe(`_INBOX.${other}.a.*`)),
      ]);
      expect(verdicts).toEqual(USERS.map((other) => [other, other === name && asks.includes(name)]));
    });

    it('IN-01 the device service does not answer for the token service', async () => {
      const gateway = await bus.as('gateway');
      await gateway.subscribe('_INBOX.gateway.a.*');
      const device = await bus.listening('device');
      expect(await device.subscribe('token.v1.issue', 'token')).toMatch(VIOLATION);
      await gateway.publish('token.v1.issue', '{"client_secret":"x"}', '_INBOX.gateway.a.1');
      expect(await device.hears()).toEqual([]);
      expect(await device.publish('_INBOX.gateway.a.1', '{"reply":{"kind":"json"}}')).toMatch(VIOLATION);
      // The server's own word that nobody is there; it carries no content.
      expect((await gateway.hears()).filter(({ payload }) => payload.includes('reply'))).toEqual([]);
    });

    it('IN-01 who is asked by the gateway answers it', async () => {
      for (const [room, subjects] of Object.entries(SERVED)) {
        const gateway = await bus.as('gateway');
        await gateway.subscribe('_INBOX.gateway.a.*');
        const service = await bus.listening(room);
        for (const [at, subject] of subjects.filter((each) => mayPublish('gateway').includes(each)).entries()) {
          await gateway.publish(subject, '{}', `_INBOX.gateway.a.${at}`);
          const [asked] = await service.hears();
          expect(asked).toMatchObject({ subject, reply: `_INBOX.gateway.a.${at}` });
          expect(await service.publish(`_INBOX.gateway.a.${at}`, '{"reply":1}')).toBeUndefined();
          expect(await gateway.hears()).toEqual([{ subject: `_INBOX.gateway.a.${at}`, payload: '{"reply":1}' }]);
        }
      }
    });
  });
});

/** In turn: an objection belongs to what was said last. */
async function inTurn<T, R>(list: readonly T[], each: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const one of list) results.push(await each(one));
  return results;
}

/** Whether the server permitted it; anything but a permission violation is no refusal we asked for. */
function verdict(objection: string | undefined): boolean {
  if (objection !== undefined) expect(objection).toMatch(VIOLATION);
  return objection === undefined;
}

/** The queue group a subject is served in. */
function queueOf(subject: string): string {
  const words = subject.split('.');
  return words[0] === 'grants' ? `grant-${words.at(-1)}` : (words[0] ?? '');
}
