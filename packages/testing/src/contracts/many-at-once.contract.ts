import { aNewAuthorization, aNewCode, aTokenFamily } from '../mothers/authorization.mother.js';
import { aNewDevice } from '../mothers/device.mother.js';
import { freshEnvironmentId, issueCode, type Stores, type World, worldOf } from './world.js';

const MANY = 40;

/**
 * What stores that answer many calls with one statement must not mix up (design section 4).
 *
 * @param now the clock the stores go by, in milliseconds
 */
export function describeManyAtOnce(name: string, open: () => Promise<World>, now: () => number): void {
  describe(`many at once: ${name}`, () => {
    const world = worldOf(open);
    const stores = () => world().replicas[0];
    const many = <Item>(make: (n: number) => Promise<Item>): Promise<Item[]> =>
      Promise.all(Array.from({ length: MANY }, (_, n) => make(n)));

    /** Both replicas ask for every item, each in an order of its own, and twice: four answers for each item. */
    async function contended<Item, Answer>(
      items: readonly Item[],
      ask: (stores: Stores, item: Item) => Promise<Answer>,
    ): Promise<Answer[][]> {
      const answers = items.map((): Promise<Answer>[] => []);
      const orders = [items.map((_, at) => at), items.map((_, at) => items.length - 1 - at)] as const;
      for (const round of [0, 1]) {
        for (const [at, replica] of world().replicas.entries()) {
          const order = orders[at === round ? 0 : 1];
          for (const index of order) answers[index]?.push(ask(replica, items[index] as Item));
        }
      }
      return Promise.all(answers.map((each) => Promise.all(each)));
    }

    async function families(environmentId: string): Promise<string[]> {
      const family = aTokenFamily({ idle: 3600 });
      return many(() => stores().authorizations.record(aNewAuthorization({ environmentId, family })));
    }

    it('CO-02 of many codes, redeemed by two replicas in opposite orders, each is redeemed once', async () => {
      const environmentId = freshEnvironmentId();
      const codes = await many(async () => {
        const code = await issueCode(stores(), aNewCode({ environmentId }));
        return { code, id: (await stores().codes.find(environmentId, code))?.id ?? 'none' };
      });
      const answers = await contended(codes, ({ authorizations }, { id }) =>
        authorizations.redeem({ authorizationCode: id }, aNewAuthorization({ environmentId })),
      );
      const winners = answers.map((each) => each.filter((id) => id !== undefined));
      expect(winners.map((each) => each.length)).toEqual(codes.map(() => 1));
      expect(new Set(winners.flat()).size).toBe(MANY);
      const states = await Promise.all(
        codes.map(async ({ code }) => (await stores().codes.find(environmentId, code))?.state),
      );
      expect(states).toEqual(winners.map(([id]) => expect.objectContaining({ kind: 'spent', authorizationId: id })));
    });

    it('RT-02 of many families, rotated by two replicas in opposite orders, each is rotated once', async () => {
      const ids = await families(freshEnvironmentId());
      const answers = await contended(ids, ({ authorizations }, id) =>
        authorizations.rotate(id, 0, { grace: 0, idle: 60 }),
      );
      for (const each of answers) expect(each.filter((generation) => generation !== undefined)).toEqual([1]);
    });

    it('RT-02 within grace all of them get their own family’s one successor', async () => {
      const environmentId = freshEnvironmentId();
      const ids = await families(environmentId);
      // Every other one is a generation ahead, so that an answer of a neighbour would be seen.
      const at = new Map(ids.map((id, index) => [id, index % 2]));
      await Promise.all(
        ids.filter((id) => at.get(id)).map((id) => stores().authorizations.rotate(id, 0, { grace: 0, idle: 60 })),
      );
      const answers = await contended(ids, ({ authorizations }, id) =>
        authorizations.rotate(id, at.get(id) ?? 0, { grace: 60, idle: 60 }),
      );
      expect(answers).toEqual(ids.map((id) => Array(4).fill((at.get(id) ?? 0) + 1)));
    });

    it('MT-01 house: each caller gets what it asked for, and who asks for nothing that is there gets nothing', async () => {
      const [environmentId, foreign] = [freshEnvironmentId(), freshEnvironmentId()];
      const clients = Array.from({ length: MANY }, (_, n) => `client-${n}`);
      const made = await many((n) =>
        stores().authorizations.record(aNewAuthorization({ environmentId, clientId: clients[n] ?? '' })),
      );
      const tokens = await many((n) =>
        stores().opaqueAccessTokens.issue({ environmentId, clientId: clients[n] ?? '', claims: { n } }, 60),
      );
      const found = await Promise.all(
        made.flatMap((id) => [environmentId, foreign].map((from) => stores().authorizations.findFamily(from, id))),
      );
      expect(found.map((each) => each?.clientId)).toEqual(clients.flatMap((id) => [id, undefined]));
      const records = await Promise.all(
        tokens.flatMap((token) =>
          [foreign, environmentId].map((from) => stores().opaqueAccessTokens.find(from, token)),
        ),
      );
      expect(records.map((each) => each?.claims['n'])).toEqual(clients.flatMap((_, n) => [undefined, n]));
    });

    it('D5 RFC 8628 §3.5 of parallel polls of each device the first is in time, and each other one too soon by more', async () => {
      const environmentId = freshEnvironmentId();
      const devices = await many(async () => {
        const started = await stores().devices.start(aNewDevice({ environmentId }), 1_000);
        if (!('deviceCode' in started)) throw new Error('not started');
        return started.deviceCode;
      });
      const answers = await contended(devices, (replica, code) => replica.devices.poll(environmentId, code, 'tv'));
      for (const each of answers) {
        const polls = each.map((poll) => (poll.state === 'pending' ? [poll.interval, poll.tooSoon] : [poll.state]));
        expect(polls.sort()).toEqual([
          [10, true],
          [15, true],
          [20, true],
          [5, false],
        ]); // sorted as text
      }
    });

    it('house: a JWT used many times at once over two replicas is used once', async () => {
      const environmentId = freshEnvironmentId();
      const inAMinute = new Date(now() + 60_000);
      const ids = Array.from({ length: MANY }, (_, n) => `jti-${n}`);
      const answers = await contended(ids, ({ usedJwts }, jti) => usedJwts.use(environmentId, 'shop', jti, inAMinute));
      for (const each of answers) expect(each.filter((used) => used)).toHaveLength(1);
    });
  });
}
